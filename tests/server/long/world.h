// SPDX-License-Identifier: GPL-3.0-or-later
// A LAN in virtual time around one server: clients that come and go, DHCP's and BOOTP's, a network that loses, repeats and reorders, machines
// that sit on addresses, others that flood, a disk that fails, a process that dies, a clock that steps, a person with orders. Everything
// follows from one seed.
#pragma once

#include "engine/server/dhcp_server.h"
#include "engine/wire/message.h"
#include "tests/server/long/tally.h"

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

inline constexpr Ipv4Address kLocal = Ipv4Address::from_octets(192, 168, 1, 2), kRelay = Ipv4Address::from_octets(10, 0, 0, 1),
                             kOtherServer = Ipv4Address::from_octets(192, 168, 1, 9);

/// Cards by whose they are.
enum class Card : std::uint8_t { client = 1, squatter, repeater, relay, attacker, made_up };
/// One message and its answers.
inline std::uint64_t exchange(const HardwareAddress& hardware, std::uint32_t xid)
{
    std::uint64_t key = xid;
    for (const std::size_t i : {1U, 4U, 5U})
        key = key * 256 + hardware.octets[i];
    return key;
}
inline MacAddress mac(Card whose, std::uint8_t number) { return {{0x02, static_cast<std::uint8_t>(whose), 0, 0, 0, number}}; }
/// The class that has a pool of the first subnet for itself: its vendor class, the pool, its longest lease.
inline constexpr std::string_view kGuest = "guest";
inline const Ipv4Range kGuests{Ipv4Address::from_octets(192, 168, 1, 11), Ipv4Address::from_octets(192, 168, 1, 12)};
inline constexpr std::uint32_t kMostOfGuests = 80;
/// From when an address is first held for a client until it is offered, or not: a wait, and the offer that a bad disk took back.
inline constexpr Duration kLongestHold = 30s;
inline bool is_made_up(const HardwareAddress& hardware) { return hardware.octets[1] == static_cast<std::uint8_t>(Card::made_up); }
DhcpServer make(const Config& config, LeaseTable leases, Instant at);
bool in_pool(const Subnet& subnet, Ipv4Address address);

/// What a client takes for its own: an ACK that reached it, until it ends.
struct Belief {
    Ipv4Address address;
    Instant expires{};
};

struct SimClient {
    HardwareAddress hardware;
    std::vector<std::uint8_t> identifier;
    ClientKey key;
    MacAddress card; ///< that the server sees its frames come from: its own, a repeater's, the relay's
    Ipv4Address giaddr; ///< behind a relay
    std::uint8_t circuit = 0; ///< as the relay names it (82.1); 0: it does not
    bool bootp = false; ///< RFC 951: knows no DHCP
    bool guest = false; ///< of the class that has a pool of its own
    std::uint32_t xid = 0;
    MessageType sent = MessageType::none; ///< what it waits for an answer to
    bool waits = false; ///< a BOOTP client: for an address
    std::optional<Belief> belief;
    Ipv4Address last; ///< what it had, or was offered
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
    static constexpr std::uint32_t kNobody = 0xffffffff;
    struct Event {
        Instant at{};
        std::uint64_t order = 0; ///< of two at the same instant the earlier one
        enum Kind : std::uint8_t { to_server, to_client, probe_answer, overheard } kind{};
        std::uint32_t who = 0; ///< client; kNobody: made up
        MacAddress card{}; ///< that it is sent from
        wire::Buffer payload{};
        bool unicast = false;
        Ipv4Address address{}; ///< of a probe's answer; of an ACK
        MacAddress by{};
        Belief belief{}; ///< what an ACK promises
        std::uint32_t epoch = 0; ///< of the address when the ACK left
        bool operator>(const Event& o) const { return at != o.at ? at > o.at : order > o.order; }
    };

    /// A message that a polite server lets others answer first.
    struct Left {
        Instant until{}; ///< that they have their turn
        bool answered = false; ///< one did in that time
    };

    // chance
    std::uint32_t pick(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    bool once_in(std::uint32_t n) { return pick(n) == 0; }
    Ipv4Address some_address();
    Config some_config();
    void introduce(std::size_t i);

    // clients
    void turn();
    void speak(SimClient& client);
    void speak_without_lease(SimClient& client);
    void speak_with_lease(SimClient& client);
    void speak_bootp(SimClient& client);
    void another_server_answers(const wire::Message& m);
    wire::Message message(const SimClient& client, MessageType type) const;
    void send(SimClient& client, const wire::Message& m, bool unicast);
    void hear(SimClient& client, const Event& event);
    void hear_ack(SimClient& client, const Event& event, const wire::Message& reply);

    // floods
    void flood();
    void hear_made_up(const wire::Message& m, const MacAddress& card);
    void go_on_made_up(const wire::Message& reply);
    void note_made_up_lease(const Lease& lease, bool goes_on);
    void forget_made_up_leases();

    // the network
    void post(Event event, Duration least, Duration most);
    void deliver(const Event& event);
    void overhear(const Event& event);
    void pass(Duration span);

    // the server's machine
    Instant now() const { return real_ + offset_; }
    void receive(const Event& event);
    void finish_batch();
    void finish_if_due();
    bool commit();
    bool is_on_disk(const Lease& lease) const;
    void promise(const Lease& lease);
    void transmit(bool stored);
    void transmit_to(std::uint32_t who, const Transmit& t, const wire::Message& reply, bool stored);
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
    void note_exchange(const wire::Message& m, const Decision& decision);
    bool is_reserved_for(const HardwareAddress& hardware, Ipv4Address address) const;
    bool holds_lease(const SimClient& client) const;
    bool has_reservation(const SimClient& client) const;
    void check_heard(const SimClient& client, const wire::Message& m, bool holds, const Decision& decision);
    void check_type(const Transmit& t, const wire::Message& reply);
    void check_turn_of_others(const wire::Message& reply);
    void check_class(const SimClient* client, const wire::Message& reply);
    void check_proven(Ipv4Address address, const ClientKey& key, const HardwareAddress& hardware);
    void check_made_up_leases(std::uint8_t card);
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
    std::map<std::uint64_t, Left> left_; ///< by exchange
    std::map<Ipv4Address, ClientKey> used_by_; ///< who was given or offered it last
    std::set<Ipv4Address> asked_; ///< probed for whoever comes after those
    Instant settled_at_{}; ///< by then nothing is held that was so under another configuration
    Instant held_until_{}; ///< by then nothing is held that was so before the clock was set back
    std::map<Ipv4Address, HardwareAddress> made_up_leases_; ///< granted or renewed since the last start
    Instant flood_until_{};
    std::string complaint_;
    Tally tally_;
};

} // namespace dorascope::server::simulation
