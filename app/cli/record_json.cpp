// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/clock.h"
#include "app/cli/json.h"
#include "app/cli/json_value.h"
#include "engine/wire/hex.h"
#include "engine/wire/message_type.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

const observe::Client* client_of(const observe::LanState& state, observe::ClientId id)
{
    return id < state.clients().size() ? &state.clients()[id] : nullptr;
}

Json server_address(const observe::LanState& state, observe::ServerId id)
{
    return id < state.servers().size() ? json_of(state.servers()[id].identifier) : Json(nullptr);
}

Json address_or_null(Ipv4Address address) { return address.is_unspecified() ? Json(nullptr) : json_of(address); }
Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json ms_or_null(const std::optional<Duration>& duration) { return duration ? Json(milliseconds(*duration)) : Json(nullptr); }
Json time_or_null(Instant at) { return at == Instant{} || at == kNever ? Json(nullptr) : Json(seconds(at)); }

Json client_id(const observe::Client* client)
{
    if (client == nullptr || client->client_id.empty()) return nullptr;
    return wire::to_hex(std::as_bytes(std::span{client->client_id}));
}

Json chaddr(const observe::Client* client) { return client == nullptr ? Json(nullptr) : json_of(client->hardware); }

Json addresses(const std::vector<Ipv4Address>& list)
{
    Json array = Json::array();
    for (const auto a : list)
        array.push_back(json_of(a));
    return array;
}

Json offers_json(const observe::LanState& state, const observe::Exchange& exchange)
{
    Json array = Json::array();
    for (const auto& offer : exchange.offers) {
        array.push_back({{"server", server_address(state, offer.server)},
                         {"address", json_of(offer.address)},
                         {"ms", milliseconds(offer.after)}});
    }
    return array;
}

/// Of the samples that are kept: how many, and their nearest-rank percentiles.
Json response_json(std::vector<float> samples)
{
    if (samples.empty()) return nullptr;
    std::ranges::sort(samples);
    const auto rank = [&](std::size_t percent) { return static_cast<double>(samples[(samples.size() - 1) * percent / 100]); };
    return {{"samples", samples.size()}, {"least", rank(0)}, {"median", rank(50)}, {"p95", rank(95)}, {"most", rank(100)}};
}

} // namespace

std::string exchange_json(const observe::LanState& state, const observe::Exchange& exchange)
{
    Json types = Json::array(), frames = Json::array();
    for (const auto id : exchange.messages) {
        const auto& message = state.messages()[id];
        types.push_back(rfc_name(message.type));
        frames.push_back(message.frame);
    }
    const auto* client = client_of(state, exchange.client);
    return to_line({{"xid", fmt::format("0x{:08x}", exchange.xid)},
                    {"chaddr", chaddr(client)},
                    {"client_id", client_id(client)},
                    {"messages", types},
                    {"frames", frames},
                    {"start", seconds(exchange.start)},
                    {"end", seconds(exchange.end)},
                    {"outcome", observe::to_string(exchange.outcome)},
                    {"address", address_or_null(exchange.address)},
                    {"server", server_address(state, exchange.server)},
                    {"offers", offers_json(state, exchange)},
                    {"offer_ms", ms_or_null(exchange.offer_time)},
                    {"ack_ms", ms_or_null(exchange.ack_time)},
                    {"dora_ms", ms_or_null(exchange.dora_time)},
                    {"retransmissions", exchange.retransmissions}});
}

std::string lease_json(const observe::LanState& state, const observe::Binding& binding)
{
    const auto* client = client_of(state, binding.client);
    return to_line({{"address", json_of(binding.address)},
                    {"chaddr", chaddr(client)},
                    {"client_id", client_id(client)},
                    {"hostname", client == nullptr ? Json(nullptr) : text_or_null(client->hostname)},
                    {"vendor_class", client == nullptr ? Json(nullptr) : text_or_null(client->vendor_class)},
                    {"server", server_address(state, binding.server)},
                    {"state", observe::to_string(binding.state)},
                    {"since", time_or_null(binding.since)},
                    {"renewed", time_or_null(binding.renewed)},
                    {"expires", time_or_null(binding.expires)},
                    {"lease_seconds", binding.lease_seconds}});
}

std::string server_json(const observe::Server& server)
{
    return to_line({{"server", json_of(server.identifier)},
                    {"mac", json_of(server.mac)},
                    {"first_seen", seconds(server.first_seen)},
                    {"last_seen", seconds(server.last_seen)},
                    {"offers", server.offers},
                    {"acks", server.acks},
                    {"naks", server.naks},
                    {"subnet_mask", address_or_null(server.subnet_mask)},
                    {"routers", addresses(server.routers)},
                    {"dns_servers", addresses(server.dns_servers)},
                    {"domain_name", text_or_null(server.domain_name)},
                    {"lease_seconds", server.lease_seconds},
                    {"lowest", address_or_null(server.lowest)},
                    {"highest", address_or_null(server.highest)},
                    {"response_ms", response_json(server.response_ms)}});
}

} // namespace dorascope::cli
