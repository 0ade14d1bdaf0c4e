// SPDX-License-Identifier: GPL-3.0-or-later
// Which messages belong together: those of one client under one transaction id, across retransmissions and several servers, until it
// falls silent (Limits::exchange_time) or begins anew. What a row of the exchange table on screen tells is worked out here.
#pragma once

#include "capture/observe/hash_index.h"
#include "capture/observe/lan_state.h"
#include "capture/observe/large_vector.h"
#include "capture/observe/reading.h"
#include "capture/observe/server_table.h"
#include "capture/observe/touched.h"

#include <array>

namespace dorascope::observe {

/// RFC 2131 §4.3.2, as far as the message alone tells: renewing and rebinding differ only in how they are sent.
enum class RequestState : std::uint8_t { none, selecting, init_reboot, renewing };
RequestState request_state(const Reading& reading);

/// A message on its way into an exchange.
struct Arrival {
    Message& message; ///< exchange and retransmission are filled in
    const Reading& reading;
    const ServerTable& servers;
    Instant now; ///< newest instant seen: what silence is measured by
    bool bootp = false; ///< whole and well-formed, without option 53 (RFC 951): a reply to such a request assigns
    bool to_relay = false; ///< a reply on its first leg, to giaddr; the second is the relay's, to the client
    /// Of a client that its hardware address alone does not tell: what a reply that names no more will be found by.
    std::optional<std::uint64_t> asker;
    MessageId id = kNone; ///< kNone when the list of messages is full
};

/// An offer that nobody will take any more.
struct LapsedOffer {
    Ipv4Address address;
    ExchangeId exchange = kNone;
};

/// What moves elsewhere when exchanges go on and end. Both are added to.
struct ExchangeEffects {
    Changes& changes;
    std::vector<LapsedOffer>& lapsed;
};

/// What the exchange makes of a message, for the tables beside it.
struct Verdict {
    bool informs = false; ///< an ACK to an INFORM binds nothing
    bool bootp = false; ///< a BOOTP reply: it assigns for ever
    std::optional<Duration> response; ///< of the server that sent it
    Ipv4Address concerned; ///< the address a NAK refuses
    bool full = false; ///< a limit kept something from being recorded
};

class ExchangeTable {
public:
    ExchangeTable(std::size_t limit, Duration exchange_time) : limit_{limit}, exchange_time_{exchange_time} { }

    std::span<const Exchange> list() const { return exchanges_; }
    const Exchange& operator[](ExchangeId id) const { return exchanges_[id]; }

    void seed(std::uint64_t seed);

    Verdict apply(Arrival arrival, const ExchangeEffects& effects);
    /// Exchanges that fell silent get the outcome that silence means.
    void settle(Instant now, const ExchangeEffects& effects);
    /// All of them.
    void settle_all(const ExchangeEffects& effects);
    /// The exchange going on under this xid and client; kNone if none.
    ExchangeId current(std::uint32_t xid, ClientId client) const;
    /// For replies that do not tell which client they are for: of those whose Arrival had this asker, who asks under this xid.
    ClientId asker(std::uint32_t xid, std::uint64_t asker) const;
    void touch(std::uint32_t xid, ClientId client, Changes& changes);
    std::size_t memory_used() const;

    static constexpr std::size_t kMaxOffers = 64;

private:
    using Slot = std::uint32_t;
    /// Message types seen from one server; several servers may answer one client.
    struct Sender {
        ServerId server = kNone;
        std::uint16_t types = 0, types_to_relay = 0;
    };
    /// What only an exchange still going on needs. Kept apart, and used again, so that finished ones cost no more than their record.
    struct Active {
        ExchangeId exchange = kNone; ///< kNone: a free slot
        ClientId client = kNone;
        Slot older = kNone, newer = kNone; ///< list by last message
        bool pending = false; ///< its outcome is; kept here so that retiring a finished one leaves its record alone
        bool loose_offers = false; ///< some offer has not become a binding
        bool ambiguous = false; ///< its client's hardware address does not tell who it is: stands in by_asker_
        bool requested = false; ///< a REQUEST waits for its verdict
        bool decided = false; ///< ACK or NAK seen
        RequestState state = RequestState::none; ///< of the last REQUEST
        std::uint16_t own_types = 0, relayed_types = 0; ///< bit per type from the client, sent by itself or by a relay
        std::array<Sender, 4> senders{};
        std::uint32_t asker_hash = 0; ///< under which it stands in by_asker_
        std::uint32_t xid = 0, other_xid = 0; ///< other_xid: of a REQUEST that did not keep the DISCOVER's
        Instant active{}; ///< newest instant at its last message
        Instant first_discover = kNever, last_discover = kNever, last_request = kNever; ///< kNever: not yet
        Touched touched;
    };

    // Which exchange: exchange_table.cpp
    std::uint32_t hash(std::uint32_t xid, ClientId client) const { return by_key_.hash(std::uint64_t{xid} << 32 | client); }
    std::uint32_t asker_hash(std::uint32_t xid, std::uint64_t asker) const { return by_asker_.hash(spread(xid) ^ asker); }
    Slot find(std::uint32_t xid, ClientId client) const;
    Slot join(const Arrival& arrival, Verdict& verdict, const ExchangeEffects& effects);
    Slot find_offered(const Arrival& arrival) const;
    void join_under(Slot slot, const Arrival& arrival);
    void await_replies(Slot slot, const Arrival& arrival);
    Slot open(const Arrival& arrival, bool& full);
    Slot take_slot();
    bool begins_anew(const Active& active, const Arrival& arrival) const;
    void retire(Slot slot, const ExchangeEffects& effects);
    void append(Slot slot);
    void unlink(Slot slot);

    // What its messages mean: exchange_outcome.cpp
    static bool repeated(Active& active, const Arrival& arrival);
    void set_outcome(Active& active, ExchangeOutcome outcome);
    ExchangeOutcome silence(const Active& active) const;
    void from_client(Active& active, const Arrival& arrival, const ExchangeEffects& effects);
    void from_server(Active& active, const Arrival& arrival, Verdict& verdict);
    void on_discover(Active& active, const Arrival& arrival);
    void on_request(Active& active, const Arrival& arrival, const ExchangeEffects& effects);
    void on_offer(Active& active, const Arrival& arrival, Verdict& verdict);
    void on_ack(Active& active, const Arrival& arrival, Verdict& verdict);
    void on_nak(Active& active, const Arrival& arrival, Verdict& verdict);

    std::size_t limit_;
    Duration exchange_time_;
    LargeVector<Exchange> exchanges_;
    LargeVector<Active> active_;
    std::vector<Slot> free_;
    Slot quietest_ = kNone, latest_ = kNone; // ends of the list by last message: settling looks at the one end only
    HashIndex by_key_; // xid and client → slot
    HashIndex by_asker_; // xid and asker → slot; the first where there are several
    LargeVector<Slot> newest_; // by client: slot of its newest exchange, if that still goes on
};

} // namespace dorascope::observe
