// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/record_line.h"

#include "app/cli/clock.h"
#include "app/cli/message_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::cli {
namespace {

constexpr std::size_t kMostLetters = 16; ///< of an exchange; a client that asks for hours is cut short

std::string client_text(const observe::LanState& state, observe::ClientId id)
{
    if (id >= state.clients().size()) return "-";
    const auto& client = state.clients()[id];
    return client.hostname.empty() ? client.hardware.to_string()
                                   : fmt::format("{} \"{}\"", client.hardware.to_string(), client.hostname);
}

std::string server_text(const observe::LanState& state, observe::ServerId id)
{
    return id < state.servers().size() ? state.servers()[id].identifier.to_string() : "-";
}

std::string address_text(Ipv4Address address) { return address.is_unspecified() ? "-" : address.to_string(); }

std::string letters(const observe::LanState& state, const observe::Exchange& exchange)
{
    std::string text;
    for (const auto id : exchange.messages) {
        if (text.size() == kMostLetters) return text + "+";
        text += letter(state.messages()[id].type);
    }
    return text;
}

std::vector<std::string> texts(const std::vector<Ipv4Address>& addresses)
{
    std::vector<std::string> list;
    for (const auto a : addresses)
        list.push_back(a.to_string());
    return list;
}

} // namespace

std::string exchange_line(const observe::LanState& state, const observe::Exchange& exchange, bool colour)
{
    const auto took = exchange.dora_time ? exchange.dora_time : exchange.ack_time;
    auto line =
        fmt::format("{}  {:<6} {:<10}  {:<17}  {:<15}  from {:<15}{}", date_and_time(exchange.start), letters(state, exchange),
                    observe::to_string(exchange.outcome), client_text(state, exchange.client), address_text(exchange.address),
                    server_text(state, exchange.server), took ? fmt::format("  {:.3f} ms", milliseconds(*took)) : std::string{});
    if (exchange.offers.size() > 1) line += fmt::format("  {} offers", exchange.offers.size());
    if (exchange.retransmissions != 0) line += fmt::format("  {} sent again", exchange.retransmissions);
    return line + dimmed(fmt::format("  xid 0x{:08x}", exchange.xid), colour);
}

std::string lease_line(const observe::LanState& state, const observe::Binding& binding)
{
    const bool dated = binding.expires != Instant{} && binding.expires != kNever;
    return fmt::format("{:<15}  {:<8}  {}  from {}{}", binding.address.to_string(), observe::to_string(binding.state),
                       client_text(state, binding.client), server_text(state, binding.server),
                       dated                           ? "  until " + date_and_time(binding.expires)
                           : binding.expires == kNever ? "  for ever"
                                                       : "");
}

std::string server_line(const observe::Server& server)
{
    auto line = fmt::format("{:<15}  {}  {} offers, {} acks, {} naks", server.identifier.to_string(),
                            server.mac ? server.mac->to_string() : "behind a relay   ", server.offers, server.acks, server.naks);
    if (!server.lowest.is_unspecified())
        line += fmt::format("  gives {}-{}", server.lowest.to_string(), server.highest.to_string());
    if (!server.subnet_mask.is_unspecified()) line += fmt::format("  mask {}", server.subnet_mask.to_string());
    if (!server.routers.empty()) line += fmt::format("  router {}", fmt::join(texts(server.routers), ", "));
    if (!server.dns_servers.empty()) line += fmt::format("  DNS {}", fmt::join(texts(server.dns_servers), ", "));
    if (server.lease_seconds != 0) line += "  for " + lease_time(server.lease_seconds);
    return line;
}

} // namespace dorascope::cli
