// SPDX-License-Identifier: GPL-3.0-or-later
// Which messages belong together: those of one client under one transaction id, across retransmissions and several servers, until it
// falls silent (Limits::exchange_time) or begins anew. What a row of the exchange table on screen tells is worked out here.
#pragma once

#include "capture/observe/deadlines.h"
#include "capture/observe/flat_map.h"
#include "capture/observe/lan_state.h"
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
    Instant now; ///< newest instant seen: what silence is measured by
    bool bootp = false; ///< whole and well-formed, without option 53 (RFC 951): a reply to such a request assigns
    MessageId id = kNone; ///< kNone when the list of messages is full
};

/// What the exchange makes of a message, for the tables beside it.
struct Verdict {
    bool informs = false; ///< an ACK to an INFORM binds nothing
    bool bootp = false; ///< a BOOTP reply: it assigns for ever
    std::optional<Duration> response; ///< of the server that sent it
    std::vector<Offer> turned_down; ///< offers of other servers than the one a REQUEST chose
    Ipv4Address concerned; ///< the address a NAK refuses
    bool full = false; ///< a limit kept something from being recorded
};

class ExchangeTable {
public:
    ExchangeTable(std::size_t limit, Duration exchange_time) : limit_{limit}, exchange_time_{exchange_time} { }

    std::span<const Exchange> list() const { return exchanges_; }
    const Exchange& operator[](ExchangeId id) const { return exchanges_[id]; }

    Verdict apply(Arrival arrival, const ServerTable& servers, Changes& changes);
    /// Exchanges that fell silent get the outcome that silence means.
    void settle(Instant now, Changes& changes);
    /// All of them.
    void settle_all(Changes& changes);
    /// The exchange going on under this xid and client; kNone if none.
    ExchangeId current(std::uint32_t xid, ClientId client) const;
    /// For replies that name no client at all (hlen 0, no option 61): whoever asks under this xid without a hardware address.
    ClientId nameless_client(std::uint32_t xid) const;
    void touch(std::uint32_t xid, ClientId client, Changes& changes);
    std::size_t memory_used() const;

    static constexpr std::size_t kMaxOffers = 64;

private:
    using Slot = std::uint32_t;
    /// Message types seen from one server; several servers may answer one client.
    struct Sender {
        ServerId server = kNone;
        std::uint16_t types = 0;
    };
    /// What only an exchange still going on needs. Kept apart, and used again, so that finished ones cost no more than their record.
    struct Active {
        ExchangeId exchange = kNone;
        bool live = false;
        bool nameless = false; ///< its client has no hardware address
        bool requested = false; ///< a REQUEST waits for its verdict
        bool decided = false; ///< ACK or NAK seen
        RequestState state = RequestState::none; ///< of the last REQUEST
        std::uint16_t own_types = 0, relayed_types = 0; ///< bit per type from the client, sent by itself or by a relay
        std::array<Sender, 4> senders{};
        std::uint32_t xid = 0, other_xid = 0; ///< other_xid: of a REQUEST that did not keep the DISCOVER's
        Instant active{}; ///< newest instant at its last message
        Instant due{}; ///< under which it stands in due_
        Instant first_discover = kNever, last_discover = kNever, last_request = kNever; ///< kNever: not yet
        Touched touched;
    };

    static std::uint64_t key(std::uint32_t xid, ClientId client) { return std::uint64_t{xid} << 32 | client; }
    Slot join(const Arrival& arrival, const ServerTable& servers, bool& full);
    Slot find_offered(const Arrival& arrival, const ServerTable& servers) const;
    Slot open(const Arrival& arrival, bool& full);
    bool begins_anew(const Active& active, const Arrival& arrival) const;
    void retire(Slot slot, Changes* changes);
    void from_client(Active& active, const Arrival& arrival, const ServerTable& servers, Verdict& verdict);
    void from_server(Active& active, const Arrival& arrival, Verdict& verdict);
    void on_request(Active& active, const Arrival& arrival, const ServerTable& servers, Verdict& verdict);
    void on_offer(Active& active, const Arrival& arrival, Verdict& verdict);
    void on_ack(Active& active, const Arrival& arrival, Verdict& verdict);
    void on_nak(Active& active, const Arrival& arrival, Verdict& verdict);
    static bool repeated(Active& active, const Message& message);
    ExchangeOutcome silence(const Active& active) const;

    std::size_t limit_;
    Duration exchange_time_;
    std::vector<Exchange> exchanges_;
    std::vector<Active> active_;
    std::vector<Slot> free_;
    FlatMap<std::uint64_t> by_key_; // (xid, client) → slot
    std::vector<Slot> newest_; // by client: slot of its newest exchange, if that still goes on
    FlatMap<std::uint32_t> by_xid_; // of nameless clients only
    Deadlines due_;
};

} // namespace dorascope::observe
