// SPDX-License-Identifier: GPL-3.0-or-later
// The handshake ladder as geometry: clients left, servers right, time running down. No painting: a view draws what stands here, a test
// asserts on it.
#pragma once

#include "ui/models/scope.h"

#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace dorascope::models {

struct LadderRequest {
    double width = 840; ///< of everything, logical pixels
    double height = 300; ///< wanted; the ladder becomes higher when its messages need more room
    double rowHeight = 18; ///< least distance of two messages: no labels overlap
    double axisWidth = 60; ///< left margin for the time axis
    double laneWidth = 126; ///< distance of two lifelines where there is room; a quarter less where many want in
    double top = 48; ///< where time begins, below the lifelines' heads
    double zoom = 1; ///< stretches time; 1 fits into height where possible
    std::size_t mostMessages = 600; ///< drawn; around the selection, else the newest
    std::optional<TimeRange> window{}; ///< messages of this time; else those around the selection, else the newest
    std::function<double(const QString&)> labelWidth{}; ///< of the label font; a rough guess when empty
};

struct Lifeline {
    enum class Kind : std::uint8_t { client, trusted, server, unknown };
    Kind kind{};
    observe::ClientId client = observe::kNone;
    observe::ServerId server = observe::kNone;
    QString name; ///< "Laptop A", "192.168.1.66"
    QString detail; ///< "3c:22:fb", "unknown · TP-Link"
    double x = 0;
    double width = 0; ///< room for its head, centred on x
    bool dashed = false; ///< a server that is not trusted
};

struct LadderArrow {
    observe::MessageId message = observe::kNone;
    observe::ExchangeId exchange = observe::kNone;
    MessageType type{};
    int from = -1, to = -1; ///< lifelines; −1: the right edge (nobody known to have heard it)
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0; ///< the head is at (x2, y2)
    QString label; ///< "OFFER .100", "OFFER .66.20 · gateway differs"
    double labelX = 0, labelY = 0, labelWidth = 0; ///< centre; it is at most rowHeight high
    bool retransmission = false; ///< dashed
    bool competing = false; ///< another server than the reference offers or answers
    bool lost = false; ///< never answered: fades on its way
    bool broadcast = false;
    bool selected = false;
    Instant at{};
};

struct LadderMark {
    double y = 0;
    QString text; ///< "0.6 ms" since the first message
};
struct LadderGap {
    double y = 0; ///< centre of the fold
    double height = 0;
    QString text; ///< "4.0 s"
};

struct Ladder {
    std::vector<Lifeline> lifelines; ///< by x
    std::vector<LadderArrow> arrows; ///< by time
    std::vector<LadderMark> marks;
    std::vector<LadderGap> gaps;
    Instant origin{}; ///< of the first arrow
    double width = 0, height = 0;
    std::size_t clientsLeftOut = 0; ///< for want of room
    std::size_t messagesLeftOut = 0;

    /// The arrow whose line or label is within `reach` of a point; null for none.
    const LadderArrow* arrowAt(double x, double y, double reach = 6) const;
    const LadderArrow* arrowOf(observe::MessageId message) const;
};

Ladder layOutLadder(const Scope& scope, const LadderRequest& request);

/// ".100" where the address shares all but its last octet with `reference`, ".66.20" for two, else the whole.
QString shortAddress(Ipv4Address address, Ipv4Address reference);
/// The ladder as text, a line a message: for copying.
QString ladderText(const Scope& scope, const Ladder& ladder);

} // namespace dorascope::models
