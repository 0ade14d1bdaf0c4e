// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/recording.h"

#include "capture/observe/frame_store.h"

#include <algorithm>
#include <compare>
#include <utility>
#include <variant>

namespace dorascope::observe {

namespace {

/// What came beside the frames.
using Beside = std::variant<Decision, PoolChange, HeldLeases>;

/// Where the fold stands: so many frames, and so much of what came beside them, applied.
struct Position {
    std::size_t frames = 0, decisions = 0;
    auto operator<=>(const Position&) const = default;
};

struct Keyframe {
    Position position;
    std::size_t memory = 0;
    LanState state;
};

/// … and how many frames had arrived before it.
struct Placed {
    std::size_t after = 0;
    Beside said;
    Instant at() const
    {
        return std::visit([](const auto& what) { return what.at; }, said);
    }
};

constexpr std::size_t kLeastDistance = 4096; // frames between keyframes: about a millisecond of folding

} // namespace

struct Recording::Impl {
    Impl(std::size_t byte_limit, std::size_t keyframes_may_take) : frames{byte_limit}, keyframe_limit{keyframes_may_take} { }

    std::size_t decisions_before(std::size_t frames_applied) const;
    Position position_at(Instant t) const;
    void fold(LanState& state, Position& from, const Position& to) const;
    void place(Beside said, std::size_t bytes);
    bool keep(const LanState& state, const Position& position);
    const Keyframe* keyframe_before(const Position& target) const;
    std::size_t next_keyframe() const;

    FrameStore frames;
    std::size_t keyframe_limit;
    std::vector<Placed> decisions;
    std::size_t decision_bytes = 0;
    std::uint64_t dropped = 0;
    std::size_t held = 0; // leases
    Position after_held;
    std::vector<Keyframe> keyframes; // by position
    std::size_t keyframe_bytes = 0;
    std::size_t spacing =
        4; // a keyframe follows the last after 1/spacing of the frames before it, so that copying stays in proportion
};

Recording::Recording(std::size_t byte_limit, std::size_t keyframe_limit)
    : impl_{std::make_unique<Impl>(byte_limit, keyframe_limit)}
{ }
Recording::Recording(Recording&&) noexcept = default;
Recording& Recording::operator=(Recording&&) noexcept = default;
Recording::~Recording() = default;

bool Recording::append(const decode::Frame& frame)
{
    if (impl_->frames.append(frame)) return true;
    ++impl_->dropped;
    return false;
}

void Recording::Impl::place(Beside said, std::size_t bytes)
{
    bytes += sizeof(Placed);
    if (decision_bytes + bytes > frames.byte_limit()) { // they have as much room as the frames
        ++dropped;
        return;
    }
    decision_bytes += bytes;
    decisions.push_back({frames.size(), std::move(said)});
}

void Recording::append(const Decision& decision) { impl_->place(decision, decision.steps.size() * sizeof(DecisionStep)); }
void Recording::append(const PoolChange& change) { impl_->place(change, change.pool.memory_used()); }

void Recording::append(HeldLeases held)
{
    const std::size_t bytes = held.memory_used(), leases = held.leases.size();
    impl_->place(std::move(held), bytes);
    impl_->held += leases;
    impl_->after_held = {impl_->frames.size(), impl_->decisions.size()};
}

std::size_t Recording::size() const { return impl_->frames.size(); }
std::uint64_t Recording::dropped() const { return impl_->dropped; }

std::optional<decode::Frame> Recording::frame(std::uint64_t number) const
{
    const auto i = impl_->frames.find(number);
    if (!i) return std::nullopt;
    return impl_->frames.at(*i);
}

std::size_t Recording::memory_used() const { return impl_->frames.memory_used() + impl_->decision_bytes + impl_->keyframe_bytes; }

/// The decisions that had arrived before frame number `frames` (from 0) did.
std::size_t Recording::Impl::decisions_before(std::size_t frames_applied) const
{
    const auto it = std::lower_bound(decisions.begin(), decisions.end(), frames_applied,
                                     [](const Placed& placed, std::size_t n) { return placed.after < n; });
    return static_cast<std::size_t>(it - decisions.begin());
}

/// What had arrived when the newest instant seen was `t`. Where time steps back, order of arrival is the truth: a frame that bears an
/// older time but came behind a newer one was not there yet.
Position Recording::Impl::position_at(Instant t) const
{
    Position position{frames.arrived_by(t), 0};
    position.decisions = decisions_before(position.frames);
    const auto follows = [&](const Placed& placed) { return placed.after == position.frames && placed.at() <= t; };
    while (position.decisions < decisions.size() && follows(decisions[position.decisions]))
        ++position.decisions;
    return position;
}

/// Frames and decisions in order of arrival.
void Recording::Impl::fold(LanState& state, Position& from, const Position& to) const
{
    Changes changes;
    while (from.frames < to.frames || from.decisions < to.decisions) {
        if (from.decisions < to.decisions && decisions[from.decisions].after <= from.frames) {
            std::visit([&](const auto& what) { state.apply(what, changes); }, decisions[from.decisions++].said);
        } else {
            state.apply(frames.at(from.frames++), changes);
        }
        changes.clear();
    }
}

std::size_t Recording::Impl::next_keyframe() const
{
    const std::size_t last = keyframes.empty() ? 0 : keyframes.back().position.frames;
    return last + std::max(kLeastDistance, last / spacing);
}

/// False when the state alone is more than all keyframes may take.
bool Recording::Impl::keep(const LanState& state, const Position& position)
{
    const std::size_t memory = state.memory_used();
    if (memory > keyframe_limit) return false;
    while (keyframe_bytes + memory > keyframe_limit) {
        if (spacing > 1) --spacing;
        std::vector<Keyframe> kept; // every second one
        for (std::size_t i = 1; i < keyframes.size(); i += 2)
            kept.push_back(std::move(keyframes[i]));
        keyframes.swap(kept);
        keyframe_bytes = 0;
        for (const auto& keyframe : keyframes)
            keyframe_bytes += keyframe.memory;
    }
    keyframes.push_back({position, memory, state});
    keyframe_bytes += memory;
    return true;
}

/// The last keyframe not behind `target`.
const Keyframe* Recording::Impl::keyframe_before(const Position& target) const
{
    const auto behind = [](const Position& p, const Keyframe& k) { return p < k.position; };
    const auto after = std::upper_bound(keyframes.begin(), keyframes.end(), target, behind);
    return after == keyframes.begin() ? nullptr : &*std::prev(after);
}

LanState Recording::at(Instant t) const
{
    Impl& impl = *impl_;
    const Position target = impl.position_at(t);
    const Keyframe* const nearest = impl.keyframe_before(target);
    Position position = nearest == nullptr ? Position{} : nearest->position;
    LanState state = nearest == nullptr ? LanState{} : nearest->state;
    // Beyond the last keyframe the way is walked for the first time: leave keyframes along it.
    const bool untrodden = impl.keyframes.empty() || nearest == &impl.keyframes.back();
    if (impl.keyframes.empty() && impl.held >= kLeastDistance && impl.after_held <= target) {
        impl.fold(state, position, impl.after_held); // no frame, but as much work as that many
        impl.keep(state, position);
    }
    while (untrodden && impl.next_keyframe() <= target.frames) {
        const std::size_t stop = impl.next_keyframe();
        impl.fold(state, position, {stop, impl.decisions_before(stop)});
        if (!impl.keep(state, position)) break;
    }
    impl.fold(state, position, target);
    Changes changes;
    if (t != kNever) state.advance(t, changes);
    return state;
}

} // namespace dorascope::observe
