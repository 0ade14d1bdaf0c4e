// SPDX-License-Identifier: GPL-3.0-or-later
// What a DhcpServer is made of. Each message type has a handler, in a file beside this one that reads along with the RFC.
#pragma once

#include "engine/server/allocator.h"
#include "engine/server/bindings.h"
#include "engine/server/dhcp_server.h"
#include "engine/server/limiter.h"
#include "engine/server/reply.h"
#include "engine/server/subnet_table.h"
#include "engine/server/trace.h"
#include "engine/server/waiting_table.h"

#include <array>

namespace dorascope::server {

/// A DHCPDISCOVER (or what stands for one) that has waited, and what came of it.
struct Waited {
    Inbound inbound;
    Ipv4Address address; ///< held meanwhile; none: somebody uses it
    bool proven = false; ///< a probe of it went unanswered
    Instant asked{}, since{}, polite_until{};
    std::uint32_t conflicts = 0;
};

/// A sender that addresses count for, and how many it may have of each kind.
struct Account {
    std::uint32_t tag = 0, most = 0; ///< either 0: of no account
    bool counts() const { return tag != 0 && most != 0; }
};

/// One packet on its way through the server.
struct Packet {
    Instant now{};
    const Inbound& inbound;
    const wire::Message& request;
    Client client;
    Trace& trace;
    Outbox& out;
    ServedSubnet* subnet = nullptr; ///< set once it is known
    const Waited* waited = nullptr; ///< set where this is the second time
    ClassSet classes{}; ///< those the client belongs to
    Ipv4Address server{}; ///< the server identifier, set with the subnet
    bool subnet_selected = false; ///< RFC 3011: by the client's option 118
    // Found out when first asked for; the same for all subnets of one link (accounts.cpp).
    mutable std::optional<bool> on_link{};
    mutable std::optional<Account> account{}, lease_account{};

    bool relayed() const { return !request.giaddr.is_unspecified(); }
    /// What a relay passed on was broadcast, as far as it does not say otherwise (RFC 5010 §3).
    bool broadcast() const { return relayed() ? !client.relay.unicast.value_or(false) : inbound.destination.is_broadcast(); }
};

struct DhcpServer::State {
    State(Config configuration, std::uint64_t seed)
        : config{std::move(configuration)}, subnets{config}, bindings{subnets, seed}, allocator{bindings, config.offer_hold},
          waiting{seed}, hash_seed{seed}
    { }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    // dhcp_server.cpp
    void receive(Instant now, const Inbound& inbound, Outbox& out);
    /// Reads the message and acts on it, for the first time or, with `waited`, for the second.
    void take(Instant now, const Inbound& inbound, const Waited* waited, Trace& trace, Outbox& out);
    void handle(Packet& packet);
    Ask ask_for(const Packet& packet, std::optional<Ipv4Address> requested);
    void write(const Binding& binding, Outbox& out);

    // select_subnet.cpp
    struct SubnetHint {
        StepCode step{};
        Ipv4Address address;
    };
    SubnetHint subnet_hint(const Packet& packet) const;
    bool select_subnet(Packet& packet);
    bool can_be_host(const Packet& packet, Ipv4Address address);
    void turn_to(Packet& packet, Ipv4Address address);
    void name_server(Packet& packet) const;
    bool is_ours(const Packet& packet, Ipv4Address server_identifier) const;
    bool classify(Packet& packet);
    const Reservation* reservation_of(const Packet& packet, std::optional<Ipv4Address> requested) const;
    std::uint32_t lease_time(const Packet& packet, const ServedSubnet& subnet) const;

    /// A verdict is reached: every decision comes by here once it is complete.
    void count(const Decision& decision) { ++verdicts[static_cast<std::size_t>(verdict(decision))]; }
    /// Of an address that no binding is of.
    OrderError why_unknown(Ipv4Address address) const;
    /// It came to nothing, because it could not be stored.
    void uncount(const Decision& decision)
    {
        const bool promise = decision.outcome == Outcome::replied;
        --verdicts[static_cast<std::size_t>(verdict(decision))];
        ++verdicts[static_cast<std::size_t>(promise ? StepCode::storage_failed : StepCode::change_not_stored)];
    }

    // on_discover.cpp
    void on_discover(Packet& packet);
    std::optional<Ipv4Address> choose_address(Packet& packet, const Ask& ask);
    void make_offer(Packet& packet, const Ask& ask, Ipv4Address address, bool repeated);

    // waiting.cpp
    bool needs_probe(const Packet& packet, Ipv4Address address);
    Duration probe_timeout() const;
    Duration longest_wait() const;
    bool is_waiting_already(Packet& packet);
    bool nobody_else_can_be_waited_for(Packet& packet, const Ask& ask);
    bool joins_running_probe(Packet& packet, Ipv4Address address);
    Hold hold_for(const Packet& packet, bool waits, bool probing) const;
    bool believes_conflict(ServedSubnet& subnet, Instant now) const;
    void probe_forged(Instant now, Ipv4Address address, const MacAddress& sender, Outbox& out);
    Instant others_may_answer_until(const Packet& packet) const;
    bool wait_before_answering(Packet& packet, bool known, Ipv4Address address, bool unproven);
    bool holds_while_waiting(Packet& packet, const Ask& ask, Ipv4Address address, bool unproven);
    void ask_whether_used(Instant now, Waiting& w, Outbox& out);
    void go_on(Instant now, Waiting& w, Outbox& out);
    bool is_held_for(const Waiting& w) const;
    Waited end_waiting(Waiting& w);
    void answer_waiting(Instant now, const Waited& waited, const DecisionStep& first, Outbox& out);
    void probe_answered(Instant now, Ipv4Address address, const MacAddress& by, Outbox& out);
    void try_next_address(Instant now, Waiting& w, const DecisionStep& conflict, Outbox& out);
    void late_answer(Instant now, const DecisionStep& conflict, Outbox& out);
    void stop_waiting_for(Packet& packet);
    void stop_probing(Ipv4Address address);
    void overheard(Instant now, const Inbound& inbound, Outbox& out);

    // limits.cpp
    bool is_within_limits(Packet& packet);
    bool may_speak(const Packet& packet);
    bool is_known(Packet& packet);
    bool may_decline(Packet& packet, Ipv4Address address);
    Shunned shunned_by(const Packet& packet);
    std::uint32_t decliner(const Packet& packet) const;
    std::uint32_t sender_tag(const HardwareAddress& hardware) const;

    // accounts.cpp
    bool is_on_link(const Packet& packet) const;
    bool is_far(const Packet& packet) const;
    Account account_of(const Packet& packet) const;
    bool find_on_link(const Packet& packet) const;
    Account find_account(const Packet& packet) const;
    Account find_lease_account(const Packet& packet) const;
    bool offers_are_exhausted(Packet& packet, const Ask& ask);
    bool was_offered(const Packet& packet, const Ask& ask, Ipv4Address address);
    bool is_on_its_word(const Packet& packet, const Ask& ask, Ipv4Address address);
    bool grants_are_exhausted(Packet& packet);
    Account lease_account_of(const Packet& packet) const;
    std::uint32_t circuit_tag(std::uint32_t carrier, Ipv4Address giaddr, const RelayInformation& relay) const;
    std::uint32_t unoffered_source(const Packet& packet) const;
    LeaseSource lease_source(const Packet& packet, const Ask& ask, Ipv4Address address, bool on_its_word) const;
    bool leases_are_exhausted(Packet& packet, const Ask& ask);

    // on_request.cpp
    void on_request(Packet& packet);
    void on_selecting(Packet& packet, Ipv4Address address);
    void on_init_reboot(Packet& packet, Ipv4Address address);
    void on_renewal(Packet& packet, Ipv4Address address);
    void on_other_server(Packet& packet, Ipv4Address chosen);
    void on_unknown_client(Packet& packet, Ipv4Address address);
    void grant_or_refuse(Packet& packet, const Ask& ask, Ipv4Address address, StepCode success);
    bool probe_comes_first(Packet& packet, const Ask& ask, Ipv4Address address);
    /// `on_its_word`: no offer went before.
    void acknowledge(Packet& packet, const Ask& ask, Ipv4Address address, StepCode success, bool on_its_word);
    void end_claim_of_same_card(Packet& packet, const Ask& ask, Ipv4Address address);
    bool commits_rapidly(const Packet& packet, const Ask& ask);

    // on_other_messages.cpp
    void on_decline(Packet& packet);
    void on_release(Packet& packet);
    void on_inform(Packet& packet);

    // on_bootp.cpp
    void on_bootp(Packet& packet);
    void tell_boot_file(Packet& packet);

    // orders.cpp
    Decision& record(Instant now, StepCode code, Ipv4Address address, const HardwareAddress& who, Outbox& out);
    void write_erasure(Ipv4Address address, Outbox& out);
    void forget(Ipv4Address address, Outbox& out);

    // reconfigure.cpp
    void reconfigure(Instant now, Config next, const std::optional<DecisionStep>& noted, Outbox& out);

    // send_reply.cpp
    void refuse(Packet& packet, StepCode why, Ipv4Address address);
    void send(Packet& packet, const ReplyTerms& terms);
    void emit_reply(Packet& packet, ReplyTerms& terms, wire::Buffer& payload);
    const OptionSheet* reservation_options(const Reservation& reservation);
    bool tells_not_to_configure(Packet& packet, const Ask& ask);
    void lay_levels(const Packet& packet, const ServedSubnet& subnet, const Reservation* reservation);

    Config config;
    SubnetTable subnets;
    Bindings bindings;
    Allocator allocator;
    WaitingTable waiting;
    Limiter limiter;
    std::uint64_t hash_seed; ///< keys every hash of what the network chooses
    wire::Buffer again; ///< a message that is read for the second time
    std::array<std::uint64_t, static_cast<std::size_t>(StepCode::count_)> verdicts{};
    std::vector<std::uint16_t> class_buffer; ///< of the packet being handled
    OptionLevels levels; ///< likewise
    wire::Message request, reply; ///< reused: parsing and building allocate nothing once warm
};

} // namespace dorascope::server
