// SPDX-License-Identifier: GPL-3.0-or-later
// All that the frames up to an instant tell us. A fold: apply() moves it forward and says what changed. Copyable, so that a keyframe is a
// copy. Never throws on account of a frame; everything the network can grow is bounded (Limits).
#pragma once

#include "capture/decode/frame.h"
#include "capture/decode/packet.h"
#include "capture/observe/held_leases.h"
#include "capture/observe/pool.h"
#include "capture/observe/records.h"
#include "capture/observe/series.h"
#include "engine/wire/decision.h"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace dorascope::observe {

/// What one or several apply() touched; indices into the lists below.
struct Changes {
    std::vector<MessageId> messages; ///< new
    std::vector<ExchangeId> exchanges; ///< new or changed, each once
    std::vector<Ipv4Address> bindings; ///< new or changed, each once
    std::vector<ServerId> servers;
    std::vector<ClientId> clients;
    bool pool = false; ///< another one is in force
    bool empty() const;
    void clear();
};

struct Limits {
    std::size_t messages = 8'000'000, exchanges = 4'000'000, clients = 1'000'000, servers = 4096, bindings = 1'000'000;
    Duration exchange_time = std::chrono::seconds{120}; ///< silence after which an xid seen again is a new exchange
};

struct Counts {
    std::uint64_t frames = 0, dhcp = 0, arp = 0, ignored = 0, malformed = 0, over_limit = 0;
    std::array<std::uint64_t, decode::kIgnoredReasons> ignored_as{}; ///< `ignored`, by reason
    std::uint64_t held_left_out = 0; ///< leases that the embedded server held at the start, and that are not told of
    /// A frame, by what decode() made of it.
    void add(const decode::Packet& packet);
};

class LanState {
public:
    explicit LanState(Limits limits = {});
    LanState(const LanState&);
    LanState(LanState&&) noexcept;
    LanState& operator=(LanState);
    ~LanState();

    /// Frames in order of arrival; timestamps may step back (real captures do), the fold does not mind.
    /// `changes` is added to, not cleared.
    void apply(const decode::Frame& frame, Changes& changes);
    /// The embedded server's decision about the newest frames: attached to the matching reply when that is seen, or already was.
    void apply(const Decision& decision, Changes& changes);
    /// What the embedded server has to give from now on.
    void apply(const PoolChange& change, Changes& changes);
    /// What the embedded server held already when it began to serve, or a part of it.
    void apply(const HeldLeases& held, Changes& changes);
    /// Time passes without frames: bindings expire, pending exchanges settle.
    void advance(Instant now, Changes& changes);
    /// The source has ended (a file is read, a capture is stopped): nothing more will answer, so pending exchanges settle now, without time
    /// passing for the bindings.
    void settle(Changes& changes);

    Instant now() const; ///< newest instant seen
    std::span<const Message> messages() const;
    std::span<const Exchange> exchanges() const; ///< in order of first message
    std::span<const Client> clients() const;
    std::span<const Server> servers() const;
    std::vector<Binding> bindings() const; ///< in order of address
    std::optional<Binding> binding(Ipv4Address address) const;
    const Decision* decision(DecisionId id) const; ///< bounded: the newest are kept; null when too old
    const Series& series() const;
    Counts counts() const;
    std::size_t bound_count() const; ///< bindings bound now
    std::size_t used_count() const; ///< … of addresses of the pool
    const Pool& pool() const;
    std::size_t memory_used() const; ///< octets, roughly: what a copy costs

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::observe
