// SPDX-License-Identifier: GPL-3.0-or-later
// What is plugged into the switch, and what it sees of the LAN.
#pragma once

#include "engine/lab/frame_pool.h"
#include "engine/wire/framing.h"
#include "engine/wire/instant.h"

#include <cstdint>
#include <optional>
#include <span>

namespace dorascope::lab {

/// The LAN as a station knows it.
class Lan {
public:
    /// Sends at `at`, unless the station has begun another life by then.
    virtual void send(Instant at, std::uint32_t station, const wire::FrameSpec& spec, std::span<const std::byte> payload) = 0;
    /// What ARP would find out: the link address of whoever uses `address` now.
    virtual std::optional<MacAddress> resolve(Ipv4Address address) = 0;

protected:
    ~Lan() = default;
};

class Station {
public:
    explicit Station(std::uint32_t number) : number_(number) { }
    virtual ~Station() = default;
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    std::uint32_t number() const { return number_; } ///< on the LAN
    virtual void receive(Instant now, const Frame& frame) = 0;
    /// Does one thing that is due.
    virtual void advance(Instant now) = 0;
    virtual Instant next_deadline() const = 0;
    /// The address it uses now; unspecified for none.
    virtual Ipv4Address address() const = 0;
    /// Grows when it is switched off or dies.
    std::uint32_t life() const { return life_; }

protected:
    void end_life() { ++life_; }

private:
    std::uint32_t number_;
    std::uint32_t life_ = 0;
};

} // namespace dorascope::lab
