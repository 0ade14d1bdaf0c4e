// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps its own books of who was promised which address, from the messages alone, and says when a server breaks a promise. Used by the
// simulation and by the fuzz target.
#pragma once

#include "engine/server/dhcp_server.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dorascope::server {

class Ledger {
public:
    explicit Ledger(const Config& config) : config_{config} { }

    /// One packet, what the server decided, what it sent. Returns what is wrong; empty when nothing is.
    std::string heard(Instant now, Ipv4Address local, const wire::Message& request, const std::optional<wire::Message>& reply,
                      const Decision& decision)
    {
        pass_time(now);
        if (auto fault = passed_on(decision); !fault.empty()) return fault;
        const auto client = client_key(request);
        if (!client) return reply ? "nobody was answered" : "";
        if (!reply) {
            note_silence(*client, request, decision);
            return {};
        }
        if (reply->xid != request.xid || reply->chaddr != request.chaddr) return "the reply is another client's";
        return answered(now, *client, local, *reply);
    }
    /// The answer to this one comes later.
    void waits(const wire::Message& request)
    {
        if (const auto client = client_key(request)) waiting_.push_back({request.hardware(), request.xid, *client});
    }
    /// An answer that waited: whose it is stands in it (RFC 6842). Only a BOOTP reply, of 300 octets (RFC 1542 §2.1), may have no room for an
    /// identifier, which says nothing to a BOOTP client. It is then to one of those who asked in this exchange: to the one that the row stored
    /// with it names.
    std::string heard_later(Instant now, Ipv4Address local, const wire::Message& reply, const Decision& decision,
                            std::span<const LeaseWrite> writes)
    {
        pass_time(now);
        if (auto fault = passed_on(decision); !fault.empty()) return fault;
        auto client = client_key(reply);
        const bool says_not = reply.type() == MessageType::none && !reply.options.has(wire::option::client_identifier);
        if (says_not && !reply.yiaddr.is_unspecified()) {
            const auto row = std::ranges::find_if(writes, [&](const LeaseWrite& w) {
                const Asker its{reply.hardware(), reply.xid, w.lease.client};
                return !w.erase && w.lease.address == reply.yiaddr && std::ranges::find(waiting_, its) != waiting_.end();
            });
            if (row == writes.end()) return "nobody who asked was answered";
            client = row->lease.client;
        }
        return client ? answered(now, *client, local, reply) : "nobody was answered";
    }
    /// Another server has answered one that waits, and so it gives up what this one had offered before: as far as `server` has withdrawn it.
    void left_to_another(const Decision& decision, const DhcpServer& server)
    {
        std::erase_if(offers_, [&](const auto& entry) {
            const Asker its{decision.chaddr, decision.xid, entry.second.client};
            const auto lease = server.lease(entry.first);
            const bool stands = lease && lease->state == LeaseState::offered && lease->client == its.client;
            return !stands && std::ranges::find(waiting_, its) != waiting_.end();
        });
    }
    /// What another client of the card had, where the address is reserved for that card.
    std::string passed_on(const Decision& decision)
    {
        for (const DecisionStep& step : decision.steps) {
            if (step.code != StepCode::claim_passed_on) continue;
            const Subnet* subnet = subnet_of(step.address);
            const auto is_its = [&](const Reservation& r) { return r.address == step.address && r.hardware == decision.chaddr; };
            if (subnet == nullptr || std::ranges::none_of(subnet->reservations, is_its))
                return step.address.to_string() + " passes to a card that it is not reserved for";
            taken(step.address);
        }
        return {};
    }
    /// The clock was set back to `now`. An offer holds its address for its time, by whatever clock: who asks once more, and has not been
    /// answered, has it for that time from then on, and no longer until the hour that the former clock would have shown.
    void set_back(Instant now)
    {
        for (auto& [address, promise] : offers_)
            promise.until = std::min(promise.until, now + config_.offer_hold);
    }
    /// A person took it from its client.
    void taken(Ipv4Address address)
    {
        leases_.erase(address);
        offers_.erase(address);
    }
    void pass_time(Instant now)
    {
        std::erase_if(leases_, [now](const auto& entry) { return entry.second.until <= now; });
        std::erase_if(offers_, [now](const auto& entry) { return entry.second.until <= now; });
    }
    void forget_offers() { offers_.clear(); }
    void quarantined(Ipv4Address address) { offers_.erase(address); }

    /// The server's own view must add up, and hold every lease that was promised.
    std::string audit(const DhcpServer& server) const
    {
        for (const auto& [address, promise] : leases_) {
            if (subnet_of(address) == nullptr) continue; // kept aside, until a configuration serves it again
            const auto lease = server.lease(address);
            if (!lease || lease->state != LeaseState::bound || lease->client != promise.client) {
                return "the server forgot the lease of " + address.to_string();
            }
        }
        std::map<Ipv4Address, PoolUse> counted;
        for (const Lease& lease : server.leases()) {
            for (const Subnet& subnet : config_.subnets) {
                if (!subnet.prefix.contains(lease.address)) continue;
                PoolUse& use = counted[subnet.prefix.network];
                if (!in_pool(subnet, lease.address)) {
                    use.outside += lease.state == LeaseState::bound;
                    continue;
                }
                use.bound += lease.state == LeaseState::bound;
                use.offered += lease.state == LeaseState::offered;
                use.declined += lease.state == LeaseState::declined || lease.state == LeaseState::conflict;
            }
        }
        for (const PoolUse& use : server.pool_use()) {
            const PoolUse& expected = counted[use.subnet.network];
            if (use.bound != expected.bound || use.offered != expected.offered || use.declined != expected.declined
                || use.outside != expected.outside) {
                return "the counts of " + use.subnet.to_string() + " do not add up";
            }
            if (use.bound + use.offered + use.declined > use.size) return "more is in use than there is";
        }
        return {};
    }

private:
    struct Promise {
        ClientKey client;
        Instant until{};
    };
    using Promises = std::map<Ipv4Address, Promise>;
    struct Asker {
        HardwareAddress hardware;
        std::uint32_t xid = 0;
        ClientKey client;
        bool operator==(const Asker&) const = default;
    };

    const Subnet* subnet_of(Ipv4Address address) const
    {
        const auto at = std::ranges::find_if(config_.subnets, [&](const Subnet& s) { return s.prefix.contains(address); });
        return at == config_.subnets.end() ? nullptr : &*at;
    }
    static bool in_pool(const Subnet& subnet, Ipv4Address address)
    {
        const auto contains = [&](const Ipv4Range& range) { return range.contains(address); };
        const auto& routers = subnet.options.routers;
        return std::ranges::any_of(subnet.pools, contains) && std::ranges::none_of(subnet.exclusions, contains)
            && std::ranges::find(routers, address) == routers.end();
    }
    std::string fault_of(Ipv4Address address, Ipv4Address local) const
    {
        const Subnet* subnet = subnet_of(address);
        if (subnet == nullptr) return "an address of no subnet";
        const bool reserved =
            std::ranges::find(subnet->reservations, address, &Reservation::address) != subnet->reservations.end();
        if (address == local) return "the server's own address";
        if (address == subnet->prefix.network || address == subnet->prefix.broadcast()) return "the network or broadcast address";
        return reserved || in_pool(*subnet, address) ? "" : "an address outside the pools";
    }
    static bool others(const Promises& promises, Ipv4Address address, const ClientKey& client)
    {
        const auto at = promises.find(address);
        return at != promises.end() && at->second.client != client;
    }
    /// On one link: in one subnet, or in two of a shared network.
    bool same_link(const Subnet& subnet, Ipv4Address address) const
    {
        if (subnet.prefix.contains(address)) return true;
        const Subnet* other = subnet_of(address);
        return other != nullptr && !subnet.shared_network.empty() && other->shared_network == subnet.shared_network;
    }
    /// One a client and link: a new promise ends the former one.
    void promise(Promises& promises, Ipv4Address address, const ClientKey& client, Instant until)
    {
        const Subnet* subnet = subnet_of(address);
        std::erase_if(promises,
                      [&](const auto& entry) { return entry.second.client == client && same_link(*subnet, entry.first); });
        promises[address] = {client, until};
    }

    std::string answered(Instant now, const ClientKey& client, Ipv4Address local, const wire::Message& reply)
    {
        switch (reply.type()) {
        case MessageType::offer: return offered(now, client, local, reply);
        case MessageType::ack: return reply.yiaddr.is_unspecified() ? std::string{} : acknowledged(now, client, local, reply);
        case MessageType::nak: return reply.yiaddr.is_unspecified() ? std::string{} : "a NAK with an address";
        case MessageType::none: // a BOOTP client's address is its own for ever
            return reply.yiaddr.is_unspecified() ? std::string{} : acknowledged(now, client, local, reply);
        default: return "a server does not send that";
        }
    }
    std::string offered(Instant now, const ClientKey& client, Ipv4Address local, const wire::Message& reply)
    {
        if (auto fault = fault_of(reply.yiaddr, local); !fault.empty()) return fault + " was offered";
        if (others(leases_, reply.yiaddr, client)) return reply.yiaddr.to_string() + " is leased to another client";
        if (others(offers_, reply.yiaddr, client)) return reply.yiaddr.to_string() + " is offered to another client";
        promise(offers_, reply.yiaddr, client, now + config_.offer_hold);
        return {};
    }
    std::string acknowledged(Instant now, const ClientKey& client, Ipv4Address local, const wire::Message& reply)
    {
        if (auto fault = fault_of(reply.yiaddr, local); !fault.empty()) return fault + " was leased";
        if (others(leases_, reply.yiaddr, client)) return reply.yiaddr.to_string() + " is leased to another client";
        if (others(offers_, reply.yiaddr, client)) return reply.yiaddr.to_string() + " is offered to another client";
        const auto seconds = reply.options.u32(wire::option::lease_time);
        if (!seconds && reply.type() != MessageType::none) return "a lease without a time";
        promise(leases_, reply.yiaddr, client, after_seconds(now, seconds.value_or(kInfiniteSeconds)));
        const Subnet* subnet = subnet_of(reply.yiaddr);
        std::erase_if(offers_,
                      [&](const auto& entry) { return entry.second.client == client && same_link(*subnet, entry.first); });
        return {};
    }
    void note_silence(const ClientKey& client, const wire::Message& request, const Decision& decision)
    {
        const auto gone = [&](Promises& promises, Ipv4Address address) {
            const auto at = promises.find(address);
            if (at != promises.end() && at->second.client == client) promises.erase(at);
        };
        if (decision.outcome == Outcome::recorded && request.type() != MessageType::discover) {
            gone(leases_, decision.address);
            gone(offers_, decision.address);
        }
        // One offer a client and link: what is held for an answer that waits takes the place of the former, which it will not take up.
        const bool asks = request.type() == MessageType::discover || request.type() == MessageType::request
            || request.type() == MessageType::none;
        const Subnet* const held_in = subnet_of(decision.address);
        if (decision.outcome == Outcome::recorded && asks && held_in != nullptr) {
            std::erase_if(offers_, [&](const auto& entry) {
                return entry.second.client == client && entry.first != decision.address && same_link(*held_in, entry.first);
            });
        }
        // RFC 2131 §4.3.2: with another server chosen, the offer is free again.
        if (request.type() == MessageType::request && request.options.has(wire::option::server_identifier)) {
            gone(offers_, decision.address);
        }
    }

    const Config& config_;
    Promises leases_, offers_;
    std::vector<Asker> waiting_;
};

} // namespace dorascope::server
