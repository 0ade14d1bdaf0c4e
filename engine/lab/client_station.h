// SPDX-License-Identifier: GPL-3.0-or-later
// A client on the virtual LAN: the state machine, and the person who switches it on and off.
#pragma once

#include "engine/lab/client.h"
#include "engine/lab/scenario.h"
#include "engine/lab/station.h"

namespace dorascope::lab {

class ClientStation : public Station {
public:
    ClientStation(ClientSpec spec, std::uint32_t number, Lan& lan, std::uint64_t seed, Instant start);

    void receive(Instant now, const Frame& frame) override;
    void advance(Instant now) override;
    Instant next_deadline() const override;
    Ipv4Address address() const override { return client_.address(); }

    /// By hand. From then on the comings and goings of the scenario no longer apply to this client.
    void power_on(Instant now);
    void leave(Instant now, Departure departure);

    const ClientSpec& spec() const { return spec_; }
    const Client& client() const { return client_; }

private:
    void receive_arp(Instant now, const wire::ArpView& arp);
    void switch_on(Instant now);
    void switch_off(Instant now, Departure departure);
    void send(Instant at, const std::optional<ClientTransmit>& transmit);

    ClientSpec spec_;
    Client client_;
    Random random_; ///< of the person
    Instant start_; ///< of the scenario, or when the client was added
    Instant next_change_; ///< when it is next switched on or off
    bool first_visit_ = true;
};

} // namespace dorascope::lab
