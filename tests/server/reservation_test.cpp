// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §4.3.1: an address set aside for one client, by whatever tells it from others. (By hardware address and identifier, and what
// a reservation does to bindings: subnets_test.cpp.)
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

namespace option = wire::option;

std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

Reservation at(std::string_view where)
{
    Reservation r;
    r.address = address(where);
    return r;
}

Station::Edit behind(std::string_view circuit, std::string_view remote)
{
    std::vector<std::byte> data;
    for (const auto& [code, id] : {std::pair{1, circuit}, std::pair{2, remote}}) {
        if (id.empty()) continue;
        data.push_back(static_cast<std::byte>(code));
        data.push_back(static_cast<std::byte>(id.size()));
        for (const char c : id)
            data.push_back(static_cast<std::byte>(c));
    }
    return [data](wire::Message& m) { m.options.set(option::relay_agent_information, data); };
}

Config by_relay()
{
    Config config = office();
    config.subnets[0].reservations = {at("192.168.1.10"), at("192.168.1.11"), at("192.168.1.12")};
    config.subnets[0].reservations[0].circuit_id = bytes("port1");
    config.subnets[0].reservations[1].remote_id = bytes("switch");
    config.subnets[0].reservations[2].circuit_id = bytes("port1");
    config.subnets[0].reservations[2].remote_id = bytes("switch2");
    return config;
}

TEST(Reservation, Rfc3046ByTheCircuitTheClientHangsOn)
{
    Conversation talk{by_relay()};
    EXPECT_EQ(talk.client(1).dora(behind("port1", "")), address("192.168.1.10"));
    EXPECT_EQ(talk.client(2).dora(behind("port2", "")), address("192.168.1.100"));
}

TEST(Reservation, Rfc3046ByTheRemoteIdAlone)
{
    Conversation talk{by_relay()};
    EXPECT_EQ(talk.client(1).dora(behind("port9", "switch")), address("192.168.1.11"));
}

TEST(Reservation, Rfc3046BothTogetherOutrankEitherAlone)
{
    Conversation talk{by_relay()};
    EXPECT_EQ(talk.client(1).dora(behind("port1", "switch2")), address("192.168.1.12"));
    EXPECT_EQ(talk.client(2).dora(behind("port1", "elsewhere")), address("192.168.1.10"));
    EXPECT_EQ(talk.client(3).dora(behind("port5", "switch2")), address("192.168.1.100")) << "both must match";
}

TEST(Reservation, TheNextMachineOnTheSamePortWaitsUntilTheAddressIsFree)
{
    Conversation talk{by_relay()};
    auto old = talk.client(1);
    old.dora(behind("port1", ""));
    EXPECT_EQ(talk.client(2).dora(behind("port1", "")), address("192.168.1.100")) << "it is leased to the other one";
    old.release(address("192.168.1.10"));
    EXPECT_EQ(talk.client(3).dora(behind("port1", "")), address("192.168.1.10"));
}

TEST(Reservation, ByTheHostNameThatTheClientSendsWhateverItsCase)
{
    Config config = office();
    config.subnets[0].reservations = {at("192.168.1.10")};
    config.subnets[0].reservations[0].client_hostname = "Printer";
    Conversation talk{config};
    const auto called = [](std::string_view name) {
        return [name](wire::Message& m) { m.options.set_text(option::host_name, name); };
    };
    EXPECT_EQ(talk.client(1).dora(called("pRINTER")), address("192.168.1.10"));
    EXPECT_EQ(talk.client(2).dora(called("printers")), address("192.168.1.100"));
    EXPECT_EQ(talk.client(3).dora(called("")), address("192.168.1.101"));
    EXPECT_EQ(talk.client(4).dora(called("printer")), address("192.168.1.102")) << "the first one has it";
}

TEST(Reservation, Rfc4702TheHostsLabelOfAnFqdnIsAHostName)
{
    Config config = office();
    config.subnets[0].reservations = {at("192.168.1.10")};
    config.subnets[0].reservations[0].client_hostname = "Printer";
    const auto sending = [](std::string_view fqdn, std::string_view name = {}) {
        return [fqdn, name](wire::Message& m) {
            const auto bytes = std::as_bytes(std::span{fqdn});
            m.options.set(option::client_fqdn, {bytes.begin(), bytes.end()});
            if (!name.empty()) m.options.set_text(option::host_name, name);
        };
    };
    using namespace std::string_view_literals;
    constexpr auto kWire = "\x04\0\0\x07pRINTER\x03lab\0"sv, kText = "\0\0\0printer.lab"sv;
    const auto address_for = [&](const auto& change) { return Conversation{config}.client(1).dora(change); };
    EXPECT_EQ(address_for(sending(kWire)), address("192.168.1.10"));
    EXPECT_EQ(address_for(sending(kWire.substr(0, 11))), address("192.168.1.10")) << "not fully qualified";
    EXPECT_EQ(address_for(sending(kText)), address("192.168.1.10")) << "§2.3.1: the ASCII form";
    EXPECT_EQ(address_for(sending(kWire, "other")), address("192.168.1.100")) << "option 12 outranks it";
    EXPECT_EQ(address_for(sending("\x04\0\0\x07pRINT"sv)), address("192.168.1.100")) << "malformed";
    EXPECT_EQ(address_for(sending("\x04\0\0\0"sv)), address("192.168.1.100")) << "the root alone";
    EXPECT_EQ(address_for(sending("\0\0\0"sv)), address("192.168.1.100")) << "no name";
}

TEST(Reservation, Rfc4361TheIdentifierOutranksAllOthers)
{
    Config config = by_relay();
    config.subnets[0].reservations.push_back(at("192.168.1.20"));
    config.subnets[0].reservations.back().client_id = {0xff, 1};
    config.subnets[0].reservations.push_back(at("192.168.1.21"));
    config.subnets[0].reservations.back().hardware = HardwareAddress::of(mac(1));
    Conversation talk{config};
    EXPECT_EQ(talk.client_with_id(1, {0xff, 1}).dora(behind("port1", "")), address("192.168.1.20"));
    EXPECT_EQ(talk.client_with_id(1, {0xff, 2}).dora(behind("port1", "")), address("192.168.1.21")) << "then chaddr";
    EXPECT_EQ(talk.client_with_id(7, {0xff, 3}).dora(behind("port1", "")), address("192.168.1.10")) << "then the circuit";
}

TEST(Reservation, OutsideThePoolsNeedsNoPoolAtAll)
{
    Config config = office();
    config.subnets[0].pools.clear();
    config.subnets[0].reservations = {at("192.168.1.10")};
    config.subnets[0].reservations[0].hardware = HardwareAddress::of(mac(1));
    Conversation talk{config};
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.10"));
    EXPECT_TRUE(talk.client(2).discover().silent());
}

} // namespace
} // namespace dorascope::server
