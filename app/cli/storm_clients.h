// SPDX-License-Identifier: GPL-3.0-or-later
// The clients of a storm: a fixed number of them in flight, and the next one begins when one is done. Sans-IO: time and replies come in,
// messages go out. Every reply is checked, and who holds which address is kept account of.
#pragma once

#include "app/cli/latencies.h"
#include "app/cli/storm_holdings.h"
#include "engine/lab/random.h"
#include "engine/wire/message.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dorascope::cli {

struct StormSettings {
    static constexpr std::uint32_t kMostInFlight = 4096; ///< twelve bits of the xid say which one a reply is for

    std::uint64_t seed = 1; ///< same seed, same MAC addresses and xids
    std::uint32_t in_flight = 64; ///< 1 … kMostInFlight
    std::optional<std::uint32_t> clients; ///< new clients in all; without it they do not end
    bool known = false; ///< those that have a lease come again and again after that; needs `clients`
    Ipv4Address giaddr; ///< as a relay agent; unspecified: as clients on the link
    Duration timeout = std::chrono::seconds{1}; ///< until a message is sent again
    std::uint32_t tries = 4; ///< of a message, before the client is given up
};

/// An acknowledgement that was received and is right.
struct Acknowledged {
    Ipv4Address address;
    MacAddress chaddr;
    Instant expiry;
};

struct StormFigures {
    std::uint64_t exchanges = 0; ///< that ended with a right ACK
    std::uint64_t sent = 0, received = 0, retransmissions = 0;
    std::uint64_t lost = 0; ///< clients given up
    std::uint64_t naks = 0;
    std::uint64_t strays = 0; ///< replies nobody waited for: late, or sent twice
    Latencies offer, ack; ///< from the first try to the answer
    std::optional<Instant> first_sent, first_offer, first_ack, last_ack;
};

class StormClients {
public:
    /// arriving: clients never seen get a lease. returning: they have one and come again.
    enum class Phase : std::uint8_t { arriving, returning, done };

    explicit StormClients(const StormSettings& settings);

    /// Begins as many exchanges as may be in flight. The runner calls it at the start of each turn.
    void fill(Instant now);
    void receive(Instant now, std::span<const std::byte> payload);
    /// What is due is sent again, or given up.
    void advance(Instant now);
    /// No new exchange begins; done when those in flight have ended.
    void finish() { finishing_ = true; }

    Phase phase() const { return phase_; }
    const StormFigures& figures() const { return figures_; } ///< of this phase
    std::size_t held() const { return holdings_.size(); }

    struct Outgoing {
        std::span<const std::byte> payload; ///< valid until the next fill(), receive() or advance()
        MacAddress chaddr;
    };
    std::size_t outgoing() const { return queue_.size(); }
    Outgoing outgoing(std::size_t i) const { return {slots_[queue_[i]].message, slots_[queue_[i]].chaddr}; }
    void sent();
    /// Since the last call of sent().
    std::span<const Acknowledged> acknowledged() const { return acknowledged_; }

    static constexpr std::size_t kMostFaultsKept = 20;
    std::uint64_t fault_count() const { return fault_count_; }
    std::span<const std::string> faults() const { return faults_; } ///< the first of them

private:
    enum class State : std::uint8_t { idle, discovering, requesting, returning };
    struct Slot {
        State state = State::idle;
        bool queued = false;
        std::uint32_t client = 0, xid = 0, tries = 0;
        std::uint32_t holding = Holdings::kNone; ///< being renewed
        MacAddress chaddr;
        Ipv4Address yiaddr, server_identifier;
        Instant first_try, deadline;
        wire::Buffer message;
    };

    bool begin_next(Slot& slot, Instant now);
    bool begin_arrival(Slot& slot, Instant now);
    bool begin_return(Slot& slot, Instant now);
    void discover(Slot& slot, Instant now);
    void request(Slot& slot, Instant now);
    void come_again(Slot& slot, Instant now);
    void prepare(const Slot& slot, MessageType type);
    void emit(Slot& slot, Instant now);
    void queue(Slot& slot);
    void end(Slot& slot, Instant now);

    void offered(Slot& slot, Instant now);
    void acked(Slot& slot, Instant now);
    void refused(Slot& slot, Instant now);
    bool is_right(const Slot& slot, Instant now);
    void fault(std::string text);
    MacAddress mac_of(std::uint32_t client) const;

    StormSettings settings_;
    lab::Random random_;
    std::uint64_t mac_offset_;
    Phase phase_ = Phase::arriving;
    bool finishing_ = false;
    std::uint32_t next_client_ = 0, next_return_ = 0, busy_ = 0;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> queue_; ///< slots with a message to send
    std::vector<Acknowledged> acknowledged_;
    Holdings holdings_;
    wire::Message message_, reply_; ///< reused: a running storm allocates nothing for them
    StormFigures figures_;
    std::uint64_t fault_count_ = 0;
    std::vector<std::string> faults_;
};

} // namespace dorascope::cli
