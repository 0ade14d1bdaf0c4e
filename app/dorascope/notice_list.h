// SPDX-License-Identifier: GPL-3.0-or-later
// What a host has said, on its way from the serving thread to the window. Bounded: the oldest go.
#pragma once

#include "engine/host/host_notice.h"
#include "engine/wire/instant.h"
#include "ui/views/source_control.h"

#include <QList>

#include <mutex>
#include <optional>

namespace dorascope::app {

class NoticeList {
public:
    static constexpr qsizetype kMost = 100;

    // From any thread.
    void add(Instant at, const host::HostNotice& notice);
    void add(Instant at, const QString& sentence); ///< stands as long as the server runs
    /// Newest last.
    QList<ui::Notice> list() const;

private:
    void push(Instant at, std::optional<host::NoticeSubject> about, bool stands, const QString& text);

    mutable std::mutex mutex_;
    QList<ui::Notice> notices_;
    QList<std::optional<host::NoticeSubject>> subjects_; // of each
};

} // namespace dorascope::app
