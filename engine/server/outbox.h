// SPDX-License-Identifier: GPL-3.0-or-later
// The server's side of the Outbox: buffers that keep their capacity, and the journal that roll_back() reads.
#pragma once

#include "engine/server/binding.h"
#include "engine/server/dhcp_server.h"

namespace dorascope::server {

/// A vector whose elements outlive clear(), so that their buffers are used again; of an exceptional crowd (a pool that expires at
/// once) only kKept stay.
template <class T> class Reused {
public:
    T& add()
    {
        if (size_ == items_.size()) items_.emplace_back();
        return items_[size_++];
    }
    void clear()
    {
        size_ = 0;
        if (items_.size() <= kKept) return;
        items_.resize(kKept);
        items_.shrink_to_fit();
    }
    std::size_t size() const { return size_; }
    std::span<const T> span() const { return {items_.data(), size_}; }

private:
    static constexpr std::size_t kKept = 1024;
    std::vector<T> items_;
    std::size_t size_ = 0;
};

/// What an address was before a call changed it.
struct BindingImage {
    Ipv4Address address;
    bool existed = false;
    Standing standing = Standing::none;
    Instant offer_until = Binding::kNoOffer;
    std::uint32_t source = 0;
    bool on_its_word = false;
    bool probing = false;
    Lease lease; ///< `standing` is what counts; its state is the row's
};

struct Outbox::Storage {
    Reused<Transmit> transmits;
    Reused<wire::Buffer> payloads;
    Reused<LeaseWrite> writes;
    Reused<ProbeRequest> probes;
    Reused<Decision> decisions;
    Reused<BindingImage> journal; ///< in order of change
};

struct OutboxAccess {
    static Outbox::Storage& storage(Outbox& out) { return *out.storage_; }
    static const Outbox::Storage& storage(const Outbox& out) { return *out.storage_; }
};

/// A fresh Decision in the outbox. Lasts until the next one.
Decision& begin_decision(Instant now, Outbox& out);

} // namespace dorascope::server
