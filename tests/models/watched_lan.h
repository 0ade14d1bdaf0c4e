// SPDX-License-Identifier: GPL-3.0-or-later
// A LAN that a Scope looks at: told as a conversation, or played by the lab.
#pragma once

#include "capture/observe/lan_state.h"
#include "capture/observe/recording.h"
#include "engine/lab/lab.h"
#include "tests/observe/conversation.h"
#include "ui/models/scope.h"

#include <QAbstractItemModel>
#include <QString>
#include <QStringList>

#include <optional>
#include <ostream>
#include <string_view>

/// What gtest shows of a QString (found by its namespace, the global one).
inline void PrintTo(const QString& text, std::ostream* out) { *out << '"' << text.toStdString() << '"'; }

namespace dorascope::models::test {

using namespace std::chrono_literals;
using namespace dorascope::observe::test;

class WatchedLan {
public:
    WatchedLan();

    /// Seen, recorded and folded; the scope hears of it with the next publish().
    observe::MessageId hears(const Said& said);
    void hears(std::span<const std::byte> frame, Instant at);
    void decides(Decision decision); ///< now
    WatchedLan& dora(std::string_view client, std::string_view address, std::uint32_t xid = kXid); ///< 1 ms between messages
    void passes(Duration time);
    void publish();

    observe::LanState state;
    observe::Recording recording;
    observe::Changes batch;
    Scope scope;
    Instant now{std::chrono::seconds{1'700'000'000}}; // 2023-11-14 22:13:20 UTC
    std::uint64_t frames = 0;
};

/// The lab's frames and decisions, as the window sees them.
class WatchedLab : public WatchedLan {
public:
    explicit WatchedLab(std::string_view scenario, std::uint64_t seed = 1, std::optional<double> loss = std::nullopt);
    void runs(Duration time); ///< and publishes

    lab::Lab lab;
};

QString text(const QAbstractItemModel& model, int row, int column, int role = Qt::DisplayRole);
/// All cells of one column, from the top.
QStringList column(const QAbstractItemModel& model, int column);
/// All cells, a line a row.
QStringList rows(const QAbstractItemModel& model);

} // namespace dorascope::models::test
