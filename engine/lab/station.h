// SPDX-License-Identifier: GPL-3.0-or-later
// What is plugged into the switch, and what it sees of the LAN.
#pragma once

#include "engine/lab/frame_pool.h"
#include "engine/lab/scenario.h"
#include "engine/wire/framing.h"
#include "engine/wire/instant.h"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace dorascope::lab {

/// The LAN as a station knows it.
class Lan {
public:
    /// Sends at `at`, unless the station has begun another life by then.
    virtual void send(Instant at, std::uint32_t station, const wire::FrameSpec& spec, std::span<const std::byte> payload) = 0;
    virtual void send_arp(Instant at, std::uint32_t station, const wire::ArpView& arp, MacAddress destination) = 0;
    /// What ARP would find out: the link address of whoever uses `address` now.
    virtual std::optional<MacAddress> resolve(Ipv4Address address) = 0;

protected:
    ~Lan() = default;
};

class Station {
public:
    Station(std::uint32_t number, const MacAddress& mac, Lan& lan) : lan_(lan), number_(number), mac_(mac) { }
    virtual ~Station() = default;
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    std::uint32_t number() const { return number_; } ///< on the LAN
    const MacAddress& mac() const { return mac_; }
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
    /// RFC 826: whoever uses the address that is asked for says so.
    void answer_arp(Instant now, const wire::ArpView& arp);
    Lan& lan() { return lan_; }

private:
    Lan& lan_;
    std::uint32_t number_;
    MacAddress mac_;
    std::uint32_t life_ = 0;
};

/// A machine whose address was set by hand. It has nothing to do with DHCP, but it answers ARP.
class HostStation : public Station {
public:
    HostStation(HostSpec spec, std::uint32_t number, Lan& lan) : Station(number, spec.mac, lan), spec_(std::move(spec)) { }

    void receive(Instant now, const Frame& frame) override;
    void advance(Instant) override { }
    Instant next_deadline() const override { return kNever; }
    Ipv4Address address() const override { return spec_.address; }

private:
    HostSpec spec_;
};

} // namespace dorascope::lab
