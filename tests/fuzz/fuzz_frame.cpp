// SPDX-License-Identifier: GPL-3.0-or-later
// Arbitrary frames on arbitrary link layers at arbitrary times, through decode, the recording and the fold.
//
// The input is a list of steps. Each begins with an octet: its low three bits choose what to do, the others how far time moves.
//   0 … 5  a frame on that row of kLinks: two octets of length, then its bytes (as many as there are)
//   6      the last frame again, patched: one octet of how many, then offset (two octets) and value of each
//   7      time passes, or a decision comes: one octet of reply (0: only time), one of the type received
#include "capture/observe/lan_state.h"
#include "capture/observe/reading.h"
#include "capture/observe/recording.h"
#include "engine/wire/cursor.h"
#include "engine/wire/message.h"

#include <array>
#include <cstdlib>
#include <set>

using namespace dorascope;

namespace {

constexpr std::array kLinks{decode::LinkType::ethernet, decode::LinkType::linux_sll, decode::LinkType::linux_sll2,
                            decode::LinkType::raw,      decode::LinkType::null,      static_cast<decode::LinkType>(127)};
constexpr std::size_t kMaxSteps = 2000;

void require(bool holds)
{
    if (!holds) std::abort();
}

/// Steps forward mostly, now and then back, from nanoseconds to centuries.
Duration step_of(unsigned choice)
{
    constexpr std::array<std::int64_t, 32> kNanoseconds{0,
                                                        1,
                                                        1'000,
                                                        1'000'000,
                                                        2'000'000,
                                                        100'000'000,
                                                        1'000'000'000,
                                                        -1'000'000,
                                                        -1'000,
                                                        4'000'000'000,
                                                        60'000'000'000,
                                                        119'000'000'000,
                                                        120'000'000'000,
                                                        121'000'000'000,
                                                        600'000'000'000,
                                                        -600'000'000'000,
                                                        3'600'000'000'000,
                                                        86'400'000'000'000,
                                                        31'536'000'000'000'000,
                                                        INT64_MAX,
                                                        INT64_MIN,
                                                        5'000'000,
                                                        7'000'000,
                                                        9'000'000,
                                                        10'000'000,
                                                        20'000'000,
                                                        40'000'000,
                                                        80'000'000,
                                                        160'000'000,
                                                        320'000'000,
                                                        640'000'000,
                                                        1'280'000'000};
    return Duration{kNanoseconds[choice % kNanoseconds.size()]};
}

Instant moved(Instant now, Duration by)
{
    std::int64_t result = 0;
    if (__builtin_add_overflow(now.time_since_epoch().count(), by.count(), &result)) return Instant{by};
    return Instant{Duration{result}};
}

/// The quick reading is right, and what it yields lies within the payload unless it was joined.
void check_reading(const decode::Frame& frame)
{
    const auto packet = decode::decode(frame);
    const auto* const dhcp = std::get_if<decode::DhcpPacket>(&packet);
    if (dhcp == nullptr) return;
    require(dhcp->payload_offset + dhcp->payload.size() <= frame.bytes.size());
    observe::Reader reader;
    const auto reading = reader.read(dhcp->payload);
    const auto message = wire::parse(dhcp->payload);
    require(reading.malformed == !message.has_value());
    if (!message) return;
    require(reading.type == message->type() && reading.xid == message->xid && reading.hardware == message->hardware());
    require(reading.address(observe::Watched::server_identifier) == message->options.address(wire::option::server_identifier));
    require(reading.u32(observe::Watched::lease_time) == message->options.u32(wire::option::lease_time));
}

void check_state(const observe::LanState& state)
{
    const auto known = [](std::uint32_t id, std::size_t size) { return id == observe::kNone || id < size; };
    for (const auto& m : state.messages()) {
        require(known(m.client, state.clients().size()) && known(m.server, state.servers().size()));
        require(known(m.exchange, state.exchanges().size()));
    }
    for (std::size_t i = 0; i < state.exchanges().size(); ++i) {
        const auto& e = state.exchanges()[i];
        require(e.client < state.clients().size() && known(e.server, state.servers().size()) && e.end >= e.start);
        require(e.messages.size() <= e.message_count);
        for (const auto id : e.messages)
            require(state.messages()[id].exchange == i);
        require(!e.dora_time || *e.dora_time >= Duration::zero());
    }
    std::size_t bound = 0;
    for (const auto& b : state.bindings()) {
        require(known(b.client, state.clients().size()) && known(b.server, state.servers().size()));
        bound += b.state == observe::BindingState::bound ? 1 : 0;
        require(state.binding(b.address).has_value());
    }
    require(bound == state.bound_count());
    const auto counts = state.counts();
    require(counts.frames == counts.dhcp + counts.arp + counts.ignored);
    require(state.series().buckets().size() <= observe::Series::kMaxBuckets);
}

template <class List> void check_once(const List& list) { require(std::set(list.begin(), list.end()).size() == list.size()); }

class Run {
public:
    explicit Run(std::span<const std::byte> input) : in_{input}
    {
        state_ = observe::LanState{observe::Limits{400, 300, 200, 50, 250}};
    }

    void go()
    {
        for (std::size_t steps = 0; in_.remaining() > 0 && steps < kMaxSteps; ++steps)
            step();
        check_state(state_);
        check_once(changes_.exchanges);
        check_once(changes_.bindings);
        check_once(changes_.clients);
        check_once(changes_.servers);
        check_travel();
        state_.settle(changes_);
        check_state(state_);
        for (const auto& e : state_.exchanges())
            require(e.outcome != observe::ExchangeOutcome::pending);
    }

private:
    void step()
    {
        const unsigned control = in_.u8();
        now_ = moved(now_, step_of(control >> 3));
        const unsigned what = control & 7;
        if (what < kLinks.size()) {
            link_ = kLinks[what];
            const auto bytes = in_.bytes(std::min<std::size_t>(in_.u16(), in_.remaining()));
            last_.assign(bytes.begin(), bytes.end());
            hear();
        } else if (what == 6) {
            for (unsigned n = in_.u8(); n > 0 && in_.remaining() >= 3; --n) {
                const std::size_t offset = in_.u16();
                const auto value = std::byte{in_.u8()};
                if (offset < last_.size()) last_[offset] = value;
            }
            hear();
        } else {
            pass();
        }
    }

    void hear()
    {
        const decode::Frame frame{++number_, now_, link_, static_cast<std::uint32_t>(last_.size()), last_};
        check_reading(frame);
        if (number_ == 1) first_ = now_;
        state_.apply(frame, changes_);
        require(recording_.append(frame));
    }

    void pass()
    {
        const auto reply = static_cast<MessageType>(in_.u8() % 16);
        const auto received = static_cast<MessageType>(in_.u8() % 16);
        state_.advance(now_, changes_);
        if (reply == MessageType::none) return;
        Decision decision;
        decision.at = now_;
        decision.received = received;
        decision.reply = reply;
        if (!state_.messages().empty()) {
            const auto& message = state_.messages().back();
            decision.xid = message.xid;
            if (message.client != observe::kNone) decision.chaddr = state_.clients()[message.client].hardware;
        }
        state_.apply(decision, changes_);
        recording_.append(decision);
    }

    /// Time travel to now sees every frame.
    void check_travel()
    {
        const auto all = recording_.at(kNever);
        check_state(all);
        require(all.counts().frames == number_);
        if (number_ > 0) check_state(recording_.at(first_));
    }

    wire::Cursor in_;
    Instant first_{};
    observe::LanState state_;
    observe::Recording recording_;
    observe::Changes changes_;
    std::vector<std::byte> last_;
    decode::LinkType link_ = decode::LinkType::ethernet;
    Instant now_{std::chrono::seconds{1'700'000'000}};
    std::uint64_t number_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Run{{reinterpret_cast<const std::byte*>(data), size}}.go();
    return 0;
}
