// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ladder_messages.h"

#include <algorithm>
#include <tuple>

namespace dorascope::models {
namespace {

using observe::ClientId;
using observe::ExchangeId;
using observe::MessageId;

constexpr std::size_t kLookAround = 4096; // exchanges looked at on either side: a filter may let few through

class Chooser {
public:
    Chooser(const Scope& scope, const LadderRoom& room) : scope_{scope}, room_{room} { }

    /// false: there is no room for it any more. What happened at the same time belongs together, even if one has to scroll.
    bool take(ExchangeId id, ExchangeId centre)
    {
        const auto exchanges = scope_.state().exchanges();
        const auto& exchange = exchanges[id];
        const bool always = id == centre;
        const bool together = exchange.start <= exchanges[centre].end && exchanges[centre].start <= exchange.end;
        const std::size_t rows = together ? 2 * room_.rows : room_.rows;
        const bool known = std::ranges::find(result_.clients, exchange.client) != result_.clients.end();
        if (!known && result_.clients.size() >= room_.clients && !always) {
            ++result_.clientsLeftOut;
            return false;
        }
        if (!always && result_.messages.size() + exchange.messages.size() > rows) return false;
        if (!known) result_.clients.push_back(exchange.client);
        for (const MessageId m : exchange.messages)
            add(m);
        result_.messagesLeftOut +=
            exchange.message_count - std::min<std::size_t>(exchange.message_count, exchange.messages.size());
        return true;
    }

    void add(MessageId id)
    {
        if (id >= scope_.state().messages().size()) return;
        if (result_.messages.size() < room_.most)
            result_.messages.push_back(id);
        else
            ++result_.messagesLeftOut;
    }

    LadderMessages finish()
    {
        const auto messages = scope_.state().messages();
        std::ranges::sort(result_.messages, {}, [&](MessageId id) { return std::tuple{messages[id].at, id}; });
        std::vector<ClientId> order;
        for (const MessageId id : result_.messages) {
            const ClientId client = messages[id].client;
            if (std::ranges::find(order, client) == order.end()) order.push_back(client);
        }
        std::ranges::sort(order); // by when they were first seen: a client keeps its place while the ladder moves on
        result_.clients = std::move(order);
        return std::move(result_);
    }

private:
    const Scope& scope_;
    LadderRoom room_;
    LadderMessages result_;
};

/// The next exchange from `from` in direction `step` that the filter lets through; kNone when none is near.
ExchangeId nextShown(const Scope& scope, ExchangeId from, std::ptrdiff_t step)
{
    const auto count = static_cast<std::ptrdiff_t>(scope.state().exchanges().size());
    auto at = static_cast<std::ptrdiff_t>(from) + step;
    for (std::size_t looked = 0; at >= 0 && at < count && looked < kLookAround; at += step, ++looked)
        if (scope.matches(static_cast<ExchangeId>(at))) return static_cast<ExchangeId>(at);
    return observe::kNone;
}

LadderMessages around(const Scope& scope, ExchangeId centre, const LadderRoom& room)
{
    Chooser chooser{scope, room};
    chooser.take(centre, centre);
    const auto exchanges = scope.state().exchanges();
    const Instant start = exchanges[centre].start;
    const auto distance = [&](ExchangeId id) {
        if (id == observe::kNone) return Duration::max();
        const auto d = exchanges[id].start - start;
        return d < Duration::zero() ? -d : d;
    };
    // Nearest in time first, on both sides.
    ExchangeId before = nextShown(scope, centre, -1), after = nextShown(scope, centre, 1);
    while (before != observe::kNone || after != observe::kNone) {
        const bool left = distance(before) <= distance(after);
        ExchangeId& side = left ? before : after;
        if (!chooser.take(side, centre)) break;
        side = nextShown(scope, side, left ? -1 : 1);
    }
    return chooser.finish();
}

LadderMessages within(const Scope& scope, const TimeRange& window, const LadderRoom& room)
{
    Chooser chooser{scope, room};
    const auto messages = scope.state().messages();
    std::vector<MessageId> found;
    std::vector<ClientId> clients;
    std::size_t leftOut = 0, clientsLeftOut = 0;
    for (std::size_t i = messages.size(); i-- > 0;) { // the newest first: those are kept when there are too many
        const auto& m = messages[i];
        if (m.at < window.from || m.at > window.to || !scope.matches(m.exchange)) continue;
        const bool known = std::ranges::find(clients, m.client) != clients.end();
        if (!known && clients.size() >= room.clients) {
            ++clientsLeftOut;
            continue;
        }
        if (!known) clients.push_back(m.client);
        if (found.size() < room.most)
            found.push_back(static_cast<MessageId>(i));
        else
            ++leftOut;
    }
    for (const MessageId id : found)
        chooser.add(id);
    auto result = chooser.finish();
    result.messagesLeftOut += leftOut;
    result.clientsLeftOut += clientsLeftOut;
    return result;
}

} // namespace

LadderMessages chooseLadderMessages(const Scope& scope, const std::optional<TimeRange>& window, const LadderRoom& room)
{
    if (window) return within(scope, *window, room);
    const auto exchanges = scope.state().exchanges();
    if (exchanges.empty()) return {};
    ExchangeId centre = scope.selection().exchange;
    if (centre >= exchanges.size()) centre = nextShown(scope, static_cast<ExchangeId>(exchanges.size()), -1);
    return centre >= exchanges.size() ? LadderMessages{} : around(scope, centre, room);
}

} // namespace dorascope::models
