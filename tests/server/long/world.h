// SPDX-License-Identifier: GPL-3.0-or-later
// A LAN in virtual time around one server: clients that come and go, a network that loses, repeats and reorders, machines that sit on
// addresses, a disk that fails, a process that dies, a clock that steps, a person with orders. Everything follows from one seed.
#pragma once

#include "engine/server/dhcp_server.h"
#include "engine/wire/message.h"

#include <array>
#include <map>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace dorascope::server::simulation {

using namespace std::chrono_literals;

/// What a client takes for its own: an ACK that reached it, until it ends.
struct Belief {
    Ipv4Address address;
    Instant expires{};
};

struct SimClient {
    HardwareAddress hardware;
    std::vector<std::uint8_t> identifier;
    ClientKey key;
    Ipv4Address giaddr; ///< behind a relay
    std::uint32_t xid = 0;
    MessageType sent = MessageType::none; ///< what it waits for an answer to
    std::optional<Belief> belief;
    Ipv4Address last; ///< what it had, or was offered
};

/// How often everything happened: a simulation in which something never happens proves nothing about it.
struct Tally {
    std::uint64_t acks = 0, naks = 0, offers = 0, declines = 0, releases = 0, probes = 0, conflicts = 0, exhausted = 0,
                  expiries = 0, restarts = 0, rolled_back = 0, reconfigured = 0, orders = 0, clock_steps = 0, left_to_others = 0,
                  limited = 0, offers_expired = 0, events = 0;
    void add(const Tally& other);
    bool operator==(const Tally&) const = default;
};

class World {
public:
    /// `story`: every decision and mishap is printed.
    explicit World(std::uint64_t seed, bool story = false);
    /// Plays `turns` turns of clients and chance, then lets everything run out. Stops at the first broken promise.
    void run(int turns);
    const std::string& complaint() const { return complaint_; }
    const Tally& tally() const { return tally_; }

private:
    struct Event {
        Instant at{};
        std::uint64_t order = 0; ///< of two at the same instant the earlier one
        enum Kind : std::uint8_t { to_server, to_client, probe_answer, overheard } kind{};
        std::uint32_t who = 0; ///< client
        wire::Buffer payload{};
        bool unicast = false;
        Ipv4Address address{}; ///< of a probe's answer; of an ACK
        MacAddress by{};
        Belief belief{}; ///< what an ACK promises
        std::uint32_t epoch = 0; ///< of the address when the ACK left
        bool operator>(const Event& o) const { return at != o.at ? at > o.at : order > o.order; }
    };

    // chance
    std::uint32_t pick(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    bool once_in(std::uint32_t n) { return pick(n) == 0; }
    Ipv4Address some_address();
    Config some_config();

    // clients
    void turn();
    void speak(SimClient& client);
    void speak_without_lease(SimClient& client);
    void speak_with_lease(SimClient& client);
    wire::Message message(const SimClient& client, MessageType type) const;
    void send(SimClient& client, const wire::Message& m, bool unicast);
    void hear(SimClient& client, const Event& event);
    void hear_ack(SimClient& client, const Event& event, const wire::Message& reply);

    // the network
    void post(Event event, Duration least, Duration most);
    void deliver(const Event& event);
    void pass(Duration span);

    // the server's machine
    Instant now() const { return real_ + offset_; }
    void receive(const Event& event);
    void finish_batch();
    void finish_if_due();
    bool commit();
    void promise(const Lease& lease);
    void transmit();
    void answer_probe(const ProbeRequest& probe);
    void restart();
    void mishap();
    void step_clock();
    void reconfigure();
    void order();
    void void_beliefs(Ipv4Address address);

    // what has to hold
    void fail(std::string what);
    void say(const std::string& what) const;
    void note_decisions();
    void audit();
    void audit_beliefs();
    void audit_table(const std::vector<Lease>& leases);
    void audit_disk(const std::vector<Lease>& leases);
    void audit_counts(const std::vector<Lease>& leases);
    void audit_expiries(const std::vector<Lease>& leases);
    bool is_served(Ipv4Address address) const;

    std::mt19937_64 random_;
    bool story_;
    Instant real_{1'700'000'000s};
    Duration offset_{};
    Config config_;
    DhcpServer server_;
    Outbox out_;
    std::map<Ipv4Address, Lease> disk_;
    bool disk_works_ = true, disk_may_lag_ = false;
    bool steady_clock_ = false, stepped_back_ = false;
    std::vector<SimClient> clients_;
    std::map<Ipv4Address, MacAddress> squatters_;
    std::map<Ipv4Address, std::uint32_t> epochs_; ///< counts how often an address was taken from its client by force
    std::map<Ipv4Address, Instant> promised_; ///< as stored last
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::uint64_t posted_ = 0;
    std::size_t in_batch_ = 0;
    std::map<Ipv4Address, Instant> bound_before_; ///< with their ends, as of the last audit
    std::set<Ipv4Address> accounted_; ///< of those, the ones whose end was told since, or that were extended
    std::string complaint_;
    Tally tally_;
};

} // namespace dorascope::server::simulation
