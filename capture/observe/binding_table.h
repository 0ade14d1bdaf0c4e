// SPDX-License-Identifier: GPL-3.0-or-later
// Which address is whose, as far as the messages tell: an ACK binds, time, RELEASE, DECLINE and NAK unbind, an offer holds as long as its exchange goes on.
#pragma once

#include "capture/observe/client_table.h"
#include "capture/observe/deadlines.h"
#include "capture/observe/hash_index.h"
#include "capture/observe/held_leases.h"
#include "capture/observe/lan_state.h"
#include "capture/observe/large_vector.h"
#include "capture/observe/touched.h"

namespace dorascope::observe {

/// What a change of a binding moves elsewhere.
struct BindingEffects {
    ClientTable& clients;
    Series& series;
    Changes& changes;
};

/// Who says something about an address, and in which exchange.
struct BindingParty {
    ClientId client = kNone;
    ServerId server = kNone;
    ExchangeId exchange = kNone;
};

class BindingTable {
public:
    explicit BindingTable(std::size_t limit) : limit_{limit} { }
    void prefetch(Ipv4Address address) const { by_address_.prefetch(by_address_.hash(address.value)); }
    void seed(std::uint64_t seed) { by_address_.seed(seed); }

    /// Each returns false when the limit kept it from being recorded.
    bool offered(Ipv4Address address, const BindingParty& party, Instant at, const BindingEffects& effects);
    /// `lease` is option 51; nothing when the ACK said nothing.
    bool granted(Ipv4Address address, const BindingParty& party, std::optional<std::uint32_t> lease, Instant at,
                 const BindingEffects& effects);
    /// RFC 2131 §4.3.3: the client found the address in use. Worth keeping also when its ACK was not seen.
    bool declined(Ipv4Address address, const BindingParty& party, Instant at, const BindingEffects& effects);
    void released(Ipv4Address address, ClientId client, Instant at, const BindingEffects& effects);
    /// RFC 2131 §4.4.5: on a NAK the client stops using the address at once.
    void refused(Ipv4Address address, ClientId client, Instant at, const BindingEffects& effects);
    /// As the embedded server's file had it; what frames have told of already is newer, and stays.
    bool held(const HeldLease& lease, const BindingParty& party, Instant at, const BindingEffects& effects);
    /// By a person's order to the embedded server, which crosses no wire.
    void freed(Ipv4Address address, Instant at, const BindingEffects& effects);
    /// The embedded server knows nothing of it any more. What another server bound stays bound.
    void forgotten(Ipv4Address address, Instant at, const BindingEffects& effects);
    /// The embedded server will not give it out for a while.
    void quarantined(Ipv4Address address, const BindingEffects& effects);
    /// A probe of the embedded server found it in use by `client`, who may be known or not: its decision tells, no message.
    bool in_conflict(Ipv4Address address, ClientId client, Instant at, const BindingEffects& effects);
    /// The embedded server gives it out again: nobody is known to use it.
    void quarantine_over(Ipv4Address address, Instant at, const BindingEffects& effects);
    /// An offer that the client turned down by choosing another server, or never came back to.
    void lapsed(Ipv4Address address, ExchangeId exchange, Instant at, const BindingEffects& effects);
    /// Leases that ended by `now`.
    void expire(Instant now, const BindingEffects& effects);

    /// Which addresses count as used from now on, when they are bound.
    void serve(const Pool& pool, Series& series);

    std::vector<Binding> list() const; ///< in order of address
    std::optional<Binding> find(Ipv4Address address) const;
    std::size_t bound_count() const { return bound_; }
    std::size_t used_count() const { return used_; } ///< bound, and of the pool
    const Pool& pool() const { return pool_; }
    std::size_t memory_used() const;

private:
    struct Entry {
        Binding binding;
        Instant queued = kNever; ///< earliest time under which it stands in due_
        Touched touched;
    };
    std::uint32_t index_of(Ipv4Address address, std::uint32_t hash) const;
    Entry* entry(Ipv4Address address);
    Entry* entry_or_new(Ipv4Address address);
    Instant due(const Entry& e) const;
    void queue(Entry& e);
    void change(Entry& e, BindingState state, Instant at, const BindingEffects& effects);
    static void reassign(Entry& e, const BindingParty& party, Instant at);
    void leave(Entry& e, BindingState state, ClientId client, Instant at, const BindingEffects& effects);

    std::size_t limit_;
    LargeVector<Entry> entries_;
    HashIndex by_address_;
    Deadlines due_;
    std::size_t bound_ = 0, used_ = 0;
    Pool pool_;
};

} // namespace dorascope::observe
