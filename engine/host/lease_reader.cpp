// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/lease_reader.h"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <future>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace dorascope::host {
namespace {

constexpr std::size_t kPart = 2048; ///< so that waiting for each other costs little
constexpr std::size_t kParts = 4; ///< on their way at most

/// Parts between two threads, a few at a time; their buffers are used again and again.
class Conveyor {
public:
    /// Room for the next part; waits for it.
    std::vector<server::Lease>& room()
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return laid_ - taken_ < kParts; });
        return parts_[laid_ % kParts];
    }
    void laid(std::size_t size)
    {
        const std::lock_guard lock{mutex_};
        sizes_[laid_++ % kParts] = size;
        changed_.notify_all();
    }
    void ended()
    {
        const std::lock_guard lock{mutex_};
        ended_ = true;
        changed_.notify_all();
    }
    /// The next part, until taken(); empty: that was all.
    std::span<const server::Lease> next()
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return laid_ != taken_ || ended_; });
        if (laid_ == taken_) return {};
        return std::span{parts_[taken_ % kParts]}.first(sizes_[taken_ % kParts]);
    }
    void taken()
    {
        const std::lock_guard lock{mutex_};
        ++taken_;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::array<std::vector<server::Lease>, kParts> parts_;
    std::array<std::size_t, kParts> sizes_{};
    std::size_t laid_ = 0, taken_ = 0;
    bool ended_ = false;
};

/// What the store reads is gone when this returns, so it is copied; into strings and vectors that have their room already.
class Loader {
public:
    explicit Loader(Conveyor& to) : to_{to} { }
    void load(std::span<const server::Lease> leases)
    {
        for (const server::Lease& lease : leases) {
            if (filled_ == 0) part_ = &to_.room();
            if (part_->size() == filled_) part_->emplace_back();
            (*part_)[filled_++] = lease;
            if (filled_ == kPart) finish();
        }
    }
    void finish()
    {
        if (filled_ > 0) to_.laid(std::exchange(filled_, 0));
    }

private:
    Conveyor& to_;
    std::vector<server::Lease>* part_ = nullptr;
    std::size_t filled_ = 0;
};

} // namespace

tl::expected<void, HostError> read_ahead(const LeaseStore& store, const std::function<void(std::span<const server::Lease>)>& take)
{
    Conveyor conveyor;
    std::future<tl::expected<void, HostError>> reading;
    try {
        reading = std::async(std::launch::async, [&] {
            Loader loader{conveyor};
            auto read = store.read([&](std::span<const server::Lease> part) { loader.load(part); });
            loader.finish();
            conveyor.ended();
            return read;
        });
    } catch (const std::system_error&) { // no thread to be had
        return store.read(take);
    }
    for (auto part = conveyor.next(); !part.empty(); part = conveyor.next()) {
        take(part);
        conveyor.taken();
    }
    return reading.get();
}

} // namespace dorascope::host
