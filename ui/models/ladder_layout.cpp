// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ladder_layout.h"

#include "ui/models/ladder_messages.h"
#include "ui/models/ladder_time.h"
#include "ui/models/message_words.h"
#include "ui/models/server_model.h"
#include "ui/models/time_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace dorascope::models {
namespace {

using observe::ClientId;
using observe::MessageId;
using observe::ServerId;

constexpr double kDrop = 8; // how far an arrow falls from tail to head: it takes time to arrive
constexpr double kLabelPadding = 6;

QString tr(const char* text) { return QCoreApplication::translate("Ladder", text); }

constexpr double kTightest = 0.76; // of the lane's width, before somebody is left out

/// How many lifelines fit: servers get up to a third (a second one always: that two race must be seen, however narrow the window), and
/// between the sides a label must be readable.
struct Lanes {
    std::size_t clients = 1, servers = 1, middle = 0;
};
Lanes lanesFor(const LadderRequest& request, std::size_t serversSeen)
{
    const double usable = std::max(request.width - request.axisWidth, 0.0);
    const auto total = static_cast<std::size_t>(std::max(2.0, std::floor(usable / (request.laneWidth * kTightest))));
    const std::size_t servers =
        std::min(std::clamp<std::size_t>(total / 3, total > 2 ? 2 : 1, 4), std::max<std::size_t>(serversSeen, 1));
    const std::size_t middle = total > 4 ? 1 : 0; // a lane's room for labels between the two sides
    return {std::max<std::size_t>(1, total - servers - middle), servers, middle};
}

class Layout {
public:
    Layout(const Scope& scope, const LadderRequest& request)
        : scope_{scope}, request_{request}, reference_{referenceServer(scope.state())}
    {
        ladder_.width = request.width;
        ladder_.height = std::max(request.top, request.height);
    }

    Ladder make()
    {
        const Lanes lanes = lanesFor(request_, scope_.state().servers().size());
        const auto rows = static_cast<std::size_t>(
            std::max(8.0, (request_.height * std::max(request_.zoom, 0.1) - request_.top) / request_.rowHeight - 1));
        auto chosen = chooseLadderMessages(scope_, request_.window, {lanes.clients, rows, request_.mostMessages});
        ladder_.clientsLeftOut = chosen.clientsLeftOut;
        ladder_.messagesLeftOut = chosen.messagesLeftOut;
        addClients(chosen.clients);
        addServers(chosen.messages, lanes.servers);
        placeLifelines(lanes.middle);
        for (const MessageId id : chosen.messages)
            addArrow(id);
        placeArrows();
        return std::move(ladder_);
    }

private:
    const observe::Message& message(MessageId id) const { return scope_.state().messages()[id]; }

    void addClients(const std::vector<ClientId>& clients)
    {
        for (const ClientId id : clients) {
            if (id >= scope_.state().clients().size()) continue;
            Lifeline line;
            line.client = id;
            line.name = scope_.clientName(id);
            line.detail = QString::fromStdString(scope_.state().clients()[id].hardware.to_string());
            ladder_.lifelines.push_back(std::move(line));
        }
        clients_ = ladder_.lifelines.size();
    }

    /// The reference first, then the others in order of appearance: a stranger stands at the right.
    void addServers(const std::vector<MessageId>& messages, std::size_t most)
    {
        const auto servers = scope_.state().servers();
        std::vector<ServerId> order;
        const auto add = [&](ServerId id) {
            if (id < servers.size() && order.size() < most && std::ranges::find(order, id) == order.end()) order.push_back(id);
        };
        add(reference_);
        for (const MessageId id : messages)
            if (message(id).from_server) add(message(id).server);
        for (const MessageId id : messages)
            add(message(id).server);
        const bool ours = reference_ < servers.size() && servers[reference_].embedded;
        for (const ServerId id : order) {
            Lifeline line;
            line.server = id;
            line.name = scope_.serverName(id);
            line.detail = scope_.serverDetail(id);
            line.kind = servers[id].embedded ? Lifeline::Kind::trusted : ours ? Lifeline::Kind::unknown : Lifeline::Kind::server;
            line.dashed = line.kind == Lifeline::Kind::unknown;
            ladder_.lifelines.push_back(std::move(line));
        }
    }

    void placeLifelines(std::size_t middle)
    {
        const std::size_t count = ladder_.lifelines.size();
        if (count == 0) return;
        const double usable = std::max(request_.width - request_.axisWidth, 1.0);
        const double lane = std::min(request_.laneWidth, usable / static_cast<double>(count + middle));
        for (std::size_t i = 0; i < count; ++i) {
            auto& line = ladder_.lifelines[i];
            const bool client = i < clients_;
            line.x = client ? request_.axisWidth + (static_cast<double>(i) + 0.5) * lane
                            : request_.width - (static_cast<double>(count - i) - 0.5) * lane;
            line.width = std::max(lane - 14, 1.0);
        }
    }

    int lifelineOf(ClientId client, ServerId server) const
    {
        for (std::size_t i = 0; i < ladder_.lifelines.size(); ++i) {
            const auto& line = ladder_.lifelines[i];
            const bool same = i < clients_ ? line.client == client && client != observe::kNone
                                           : line.server == server && server != observe::kNone;
            if (same) return static_cast<int>(i);
        }
        return -1;
    }

    void addArrow(MessageId id)
    {
        const auto& m = message(id);
        LadderArrow arrow;
        arrow.message = id;
        arrow.exchange = m.exchange;
        arrow.type = m.type;
        arrow.at = m.at;
        arrow.retransmission = m.retransmission;
        arrow.broadcast = m.link_broadcast;
        arrow.selected = id == scope_.selection().message;
        const int client = lifelineOf(m.client, observe::kNone);
        arrow.from = m.from_server ? lifelineOf(observe::kNone, m.server) : client;
        arrow.to = m.from_server ? client : hearer(m);
        const bool drawable = arrow.from >= 0 && (arrow.to >= 0 || !m.from_server);
        if (!drawable) {
            ++ladder_.messagesLeftOut;
            return;
        }
        arrow.competing = m.from_server && m.server != reference_ && reference_ != observe::kNone;
        arrow.lost = !m.from_server && isLost(id);
        arrow.label = labelOf(m, arrow.competing);
        ladder_.arrows.push_back(std::move(arrow));
    }

    /// To whom a client's message is drawn: the server it names; a broadcast goes to all, and is drawn to the one that answered, else to the
    /// reference.
    int hearer(const observe::Message& m) const
    {
        if (const int named = lifelineOf(observe::kNone, m.server); named >= 0) return named;
        const auto exchanges = scope_.state().exchanges();
        if (m.exchange < exchanges.size()) {
            if (const int answered = lifelineOf(observe::kNone, exchanges[m.exchange].server); answered >= 0) return answered;
        }
        return lifelineOf(observe::kNone, reference_);
    }

    /// A message that wants an answer, of which none came before the client spoke again or gave up.
    bool isLost(MessageId id) const
    {
        const auto& m = message(id);
        const auto exchanges = scope_.state().exchanges();
        const bool wantsAnswer =
            m.type == MessageType::discover || m.type == MessageType::request || m.type == MessageType::inform;
        if (!wantsAnswer || m.exchange >= exchanges.size()) return false;
        const auto& exchange = exchanges[m.exchange];
        const auto self = std::ranges::find(exchange.messages, id);
        if (self == exchange.messages.end()) return false;
        const auto next = std::next(self);
        if (next == exchange.messages.end()) return exchange.outcome != observe::ExchangeOutcome::pending;
        return *next < scope_.state().messages().size() && !message(*next).from_server;
    }

    QString labelOf(const observe::Message& m, bool competing) const
    {
        QString text = typeName(m.type);
        const auto servers = scope_.state().servers();
        const auto exchanges = scope_.state().exchanges();
        Ipv4Address address = m.type == MessageType::discover ? Ipv4Address{} : m.address;
        // A NAK bears no address (RFC 2131 table 3): it refuses its exchange's.
        if (m.type == MessageType::nak && m.exchange < exchanges.size()) address = exchanges[m.exchange].address;
        if (!address.is_unspecified())
            text +=
                QLatin1Char(' ') + shortAddress(address, reference_ < servers.size() ? servers[reference_].identifier : address);
        if (!competing || m.server >= servers.size() || m.type == MessageType::nak) return text;
        const auto differences = serverDifferences(servers[m.server], servers[reference_]);
        if (!differences.isEmpty()) text += QStringLiteral(" · ") + tr("%1 differs").arg(differences.front());
        return text;
    }

    double widthOf(const QString& text) const
    {
        const double width = request_.labelWidth ? request_.labelWidth(text) : 6.5 * static_cast<double>(text.size());
        return width + 2 * kLabelPadding;
    }

    void placeArrows()
    {
        std::vector<Instant> instants;
        for (const auto& arrow : ladder_.arrows)
            instants.push_back(arrow.at);
        auto time = layOutTime(instants, request_);
        const double drop = std::min(kDrop, request_.rowHeight * 0.45);
        for (std::size_t i = 0; i < ladder_.arrows.size(); ++i) {
            auto& arrow = ladder_.arrows[i];
            arrow.x1 = ladder_.lifelines[static_cast<std::size_t>(arrow.from)].x;
            arrow.x2 = arrow.to >= 0 ? ladder_.lifelines[static_cast<std::size_t>(arrow.to)].x : request_.width;
            arrow.y1 = time.y[i];
            arrow.y2 = time.y[i] + drop; // the same for all: labels keep the distance of their rows
            arrow.labelWidth = widthOf(arrow.label);
            const double half = arrow.labelWidth / 2;
            arrow.labelX = std::clamp((arrow.x1 + arrow.x2) / 2, std::min(request_.axisWidth + half, request_.width / 2),
                                      std::max(request_.width - half, request_.width / 2));
            arrow.labelY = (arrow.y1 + arrow.y2) / 2;
        }
        if (!ladder_.arrows.empty()) ladder_.origin = ladder_.arrows.front().at;
        ladder_.marks = std::move(time.marks);
        ladder_.gaps = std::move(time.gaps);
        ladder_.height = std::max(ladder_.height, time.bottom);
    }

    const Scope& scope_;
    const LadderRequest& request_;
    ServerId reference_;
    std::size_t clients_ = 0;
    Ladder ladder_;
};

double distanceToSegment(double px, double py, const LadderArrow& a)
{
    const double dx = a.x2 - a.x1, dy = a.y2 - a.y1;
    const double length = dx * dx + dy * dy;
    const double t = length > 0 ? std::clamp(((px - a.x1) * dx + (py - a.y1) * dy) / length, 0.0, 1.0) : 0;
    return std::hypot(px - (a.x1 + t * dx), py - (a.y1 + t * dy));
}

} // namespace

Ladder layOutLadder(const Scope& scope, const LadderRequest& request) { return Layout{scope, request}.make(); }

const LadderArrow* Ladder::arrowAt(double x, double y, double reach) const
{
    const LadderArrow* best = nullptr;
    double nearest = reach;
    for (const auto& arrow : arrows) {
        const bool onLabel = std::abs(x - arrow.labelX) <= arrow.labelWidth / 2 && std::abs(y - arrow.labelY) <= reach + 1;
        const double distance = onLabel ? std::abs(y - arrow.labelY) / 2 : distanceToSegment(x, y, arrow);
        if (distance > nearest) continue;
        nearest = distance;
        best = &arrow;
    }
    return best;
}

const LadderArrow* Ladder::arrowOf(MessageId message) const
{
    const auto found = std::ranges::find(arrows, message, &LadderArrow::message);
    return found == arrows.end() ? nullptr : &*found;
}

QString shortAddress(Ipv4Address address, Ipv4Address reference)
{
    const QString text = QString::fromStdString(address.to_string());
    const std::uint32_t difference = address.value ^ reference.value;
    if ((difference & 0xffff0000U) != 0) return text;
    const auto parts = (difference & 0x0000ff00U) != 0 ? 2 : 1;
    return QLatin1Char('.') + text.section(QLatin1Char('.'), -parts);
}

QString ladderText(const Scope& scope, const Ladder& ladder)
{
    QString text;
    for (const auto& arrow : ladder.arrows) {
        const auto nameOf = [&](int line) {
            return line >= 0 ? ladder.lifelines[static_cast<std::size_t>(line)].name : tr("everybody");
        };
        text += QStringLiteral("%1  %2 → %3  %4").arg(clockText(arrow.at), nameOf(arrow.from), nameOf(arrow.to), arrow.label);
        const auto messages = scope.state().messages();
        if (arrow.message < messages.size())
            text += QStringLiteral("  xid 0x%1").arg(messages[arrow.message].xid, 8, 16, QLatin1Char('0'));
        if (arrow.retransmission) text += QStringLiteral("  (") + tr("sent again") + QLatin1Char(')');
        text += QLatin1Char('\n');
    }
    return text;
}

} // namespace dorascope::models
