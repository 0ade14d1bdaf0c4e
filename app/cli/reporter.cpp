// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/reporter.h"

#include "app/cli/clock.h"
#include "app/cli/json.h"
#include "app/cli/message_line.h"
#include "app/cli/record_line.h"

#include <fmt/format.h>

namespace dorascope::cli {

void Reporter::print(const std::string& line)
{
    if (done()) return;
    out_.line(line);
    ++printed_;
}

void Reporter::print_message(const decode::Frame& frame)
{
    const auto packet = decode::decode(frame);
    counts_.add(packet);
    const auto* dhcp = std::get_if<decode::DhcpPacket>(&packet);
    if (dhcp == nullptr) return;
    if (options_.json) return print(message_json(frame, *dhcp));
    print(fmt::format("{:>6}  {}  {}", frame.number, live_ ? time_of_day(frame.at) : date_and_time(frame.at),
                      message_line(*dhcp, {}, out_.colour())));
}

void Reporter::print_exchange(const observe::Exchange& exchange)
{
    print(options_.json ? exchange_json(state_, exchange) : exchange_line(state_, exchange, out_.colour()));
}

void Reporter::print_lease(const observe::Binding& binding)
{
    print(options_.json ? lease_json(state_, binding) : lease_line(state_, binding));
}

void Reporter::print_server(const observe::Server& server) { print(options_.json ? server_json(server) : server_line(server)); }

void Reporter::frame(const decode::Frame& frame)
{
    // Messages need no memory of what went before, so that a file of any size is read in the space of one frame.
    if (options_.what == What::messages) return print_message(frame);
    state_.apply(frame, changes_);
    counts_ = state_.counts();
    if (live_) print_changes();
    changes_.clear();
}

void Reporter::tick(Instant now)
{
    if (options_.what == What::messages) return;
    state_.advance(now, changes_);
    print_changes();
    changes_.clear();
}

void Reporter::print_changes()
{
    if (options_.what == What::exchanges) {
        told_exchanges_.resize(state_.exchanges().size());
        for (const auto id : changes_.exchanges) {
            const auto& exchange = state_.exchanges()[id];
            if (told_exchanges_[id] || exchange.outcome == observe::ExchangeOutcome::pending) continue;
            told_exchanges_[id] = true;
            print_exchange(exchange);
        }
    } else if (options_.what == What::leases) {
        for (const auto address : changes_.bindings) {
            if (const auto binding = state_.binding(address)) print_lease(*binding);
        }
    } else if (options_.what == What::servers) {
        for (; told_servers_ < state_.servers().size(); ++told_servers_)
            print_server(state_.servers()[told_servers_]);
    }
}

void Reporter::finish_exchanges()
{
    // After the end of a file nothing can come any more: what is unanswered stays so. A live LAN goes on without us.
    if (!live_) state_.settle(changes_);
    told_exchanges_.resize(state_.exchanges().size());
    for (std::size_t i = 0; i < told_exchanges_.size() && !done(); ++i) {
        if (!told_exchanges_[i]) print_exchange(state_.exchanges()[i]);
    }
}

void Reporter::finish()
{
    if (options_.what == What::exchanges) finish_exchanges();
    if (options_.what == What::leases && !live_) {
        for (const auto& binding : state_.bindings())
            print_lease(binding);
    }
    if (options_.what == What::servers) {
        for (const auto& server : state_.servers())
            print_server(server);
    }
    out_.flush();
}

} // namespace dorascope::cli
