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

// ---- one card under several names ----------------------------------------------------------------------------------------------

// Firmware that boots from the network calls itself by its UUID, and what it boots by something else: two clients (RFC 2131 §4.2) on the one
// card that the address is reserved for (§4.3.1).
const auto kReserved = address("192.168.1.50");
const std::vector<std::uint8_t> kFirmware{0, 0xaa, 0xbb}, kSystem{0xff, 1, 2, 3};

Config for_card(bool with_pool = true)
{
    Config config = office();
    if (!with_pool) config.subnets[0].pools.clear();
    config.subnets[0].reservations = {at("192.168.1.50")};
    config.subnets[0].reservations[0].hardware = HardwareAddress::of(mac(1));
    return config;
}

const ClientKey& holder(const Conversation& talk)
{
    static ClientKey key;
    key = talk.server.lease(kReserved).value().client;
    return key;
}

class ReservedCard : public testing::TestWithParam<bool> { };
INSTANTIATE_TEST_SUITE_P(Rfc2131Section431, ReservedCard, testing::Bool(),
                         [](const auto& with_pool) { return with_pool.param ? "WithAPool" : "WithoutAPool"; });

TEST_P(ReservedCard, HoldsForWhatItBootsWhileTheFirmwaresLeaseLasts)
{
    Conversation talk{for_card(GetParam())};
    auto firmware = talk.client_with_id(1, kFirmware), system = talk.client_with_id(1, kSystem);
    for (int boots = 0; boots < 3; ++boots) {
        ASSERT_EQ(firmware.dora(), kReserved) << boots;
        EXPECT_EQ(holder(talk).bytes, kFirmware);
        ASSERT_EQ(system.dora(), kReserved) << boots;
        EXPECT_EQ(holder(talk).bytes, kSystem);
        EXPECT_EQ(talk.state("192.168.1.50"), LeaseState::bound);
        ASSERT_EQ(talk.stored.size(), 1U) << "one holder an address, on disk too";
        EXPECT_EQ(talk.stored[0], talk.server.lease(kReserved));
        talk.wait(1min);
        EXPECT_EQ(system.renew(kReserved).type(), MessageType::ack);
    }
}

TEST_P(ReservedCard, HoldsForAClientWithoutAnIdentifierToo)
{
    Conversation talk{for_card(GetParam())};
    auto firmware = talk.client(1), system = talk.client_with_id(1, kSystem);
    EXPECT_EQ(firmware.dora(), kReserved);
    EXPECT_EQ(system.dora(), kReserved);
    EXPECT_EQ(firmware.dora(), kReserved);
    EXPECT_EQ(system.init_reboot(kReserved).type(), MessageType::ack);
    EXPECT_EQ(system.rebind(kReserved).type(), MessageType::ack);
    EXPECT_EQ(holder(talk).bytes, kSystem);
}

TEST(ReservationOfACard, WhatCouldNotBeStoredIsTakenBack)
{
    Conversation talk{for_card()};
    auto firmware = talk.client_with_id(1, kFirmware), system = talk.client_with_id(1, kSystem);
    firmware.dora();
    const auto before = talk.server.lease(kReserved);
    talk.storing = false;
    for (const Answer& lost : {system.discover(), system.select(kReserved), system.init_reboot(kReserved)}) {
        EXPECT_FALSE(lost.writes.empty());
        EXPECT_EQ(talk.server.lease(kReserved), before);
    }
    talk.storing = true;
    EXPECT_EQ(firmware.renew(kReserved).type(), MessageType::ack);
    system.discover();
    talk.storing = false;
    system.select(kReserved);
    EXPECT_EQ(talk.state("192.168.1.50"), LeaseState::offered);
    talk.storing = true;
    EXPECT_EQ(system.select(kReserved).type(), MessageType::ack);
}

TEST(ReservationOfACard, ARestartBetweenOfferAndRequestForgetsNobody)
{
    Conversation talk{for_card()};
    auto firmware = talk.client_with_id(1, kFirmware), system = talk.client_with_id(1, kSystem);
    firmware.dora();
    system.discover();
    talk.restart();
    EXPECT_NE(talk.state("192.168.1.50"), LeaseState::bound) << "its lease ended when the address was offered to another";
    EXPECT_EQ(system.select(kReserved).type(), MessageType::ack);
    EXPECT_EQ(holder(talk).bytes, kSystem);
}

TEST(ReservationOfACard, AnOfferThatIsNotTakenLeavesTheAddressToTheCard)
{
    Conversation talk{for_card()};
    auto firmware = talk.client_with_id(1, kFirmware), system = talk.client_with_id(1, kSystem);
    firmware.dora();
    system.discover();
    EXPECT_EQ(firmware.renew(kReserved).type(), MessageType::ack) << "while it is offered";
    EXPECT_EQ(holder(talk).bytes, kFirmware);
    system.discover();
    talk.wait(1min);
    EXPECT_EQ(talk.client(2).dora(), address("192.168.1.100")) << "and to nobody else";
    EXPECT_EQ(firmware.renew(kReserved).type(), MessageType::ack) << "and afterwards";
}

/// A lease that works is not given up for an address that another system of the card may be using.
TEST(ReservationOfACard, AClientWithAnAddressIsNotSentAfterOneInUse)
{
    Conversation before;
    const auto old = before.client_with_id(1, kSystem).dora();
    Conversation talk{for_card(), before.stored};
    auto firmware = talk.client_with_id(1, kFirmware), system = talk.client_with_id(1, kSystem);
    ASSERT_EQ(firmware.dora(), kReserved);
    EXPECT_EQ(system.renew(old).type(), MessageType::ack);
    EXPECT_EQ(system.init_reboot(old).type(), MessageType::ack);
    EXPECT_EQ(holder(talk).bytes, kFirmware);
    firmware.release(kReserved);
    EXPECT_EQ(system.renew(old).type(), MessageType::nak) << "now it is to come for it";
}

/// Whoever writes the card's chaddr gets what it would get without any identifier, and the client loses nothing that it could not take back.
TEST(ReservationOfACard, AForgedChaddrGainsNothingByAnIdentifier)
{
    Conversation talk{for_card()};
    auto owner = talk.client_with_id(1, kSystem), forger = talk.client_with_id(1, {0x66});
    ASSERT_EQ(owner.dora(), kReserved);
    EXPECT_EQ(talk.client_with_id(2, {0x66}).discover().yiaddr(), address("192.168.1.100")) << "another card has no claim";
    EXPECT_TRUE(forger.release(kReserved).has(StepCode::release_mismatch));
    EXPECT_TRUE(forger.decline(kReserved).has(StepCode::decline_mismatch));
    EXPECT_EQ(forger.dora(), kReserved);
    EXPECT_EQ(owner.renew(kReserved).type(), MessageType::ack) << "the client does not notice";
    EXPECT_TRUE(forger.decline(kReserved).has(StepCode::decline_mismatch));
    EXPECT_EQ(holder(talk).bytes, kSystem);
}

TEST(ReservationOfACard, ByAnIdentifierIsNotTheCards)
{
    Config config = office();
    config.subnets[0].reservations = {at("192.168.1.50")};
    config.subnets[0].reservations[0].client_id = kFirmware;
    Conversation talk{config};
    ASSERT_EQ(talk.client_with_id(1, kFirmware).dora(), kReserved);
    EXPECT_EQ(talk.client_with_id(1, kSystem).dora(), address("192.168.1.100"));
    EXPECT_EQ(holder(talk).bytes, kFirmware);
}

TEST(ReservationOfACard, IsAskedForBeforeItPassesFromOneNameToTheOther)
{
    Config config = for_card();
    config.probe = {true, 1, 500ms};
    Conversation talk{config};
    auto firmware = talk.client_with_id(1, kFirmware), system = talk.client_with_id(1, kSystem);
    firmware.discover();
    EXPECT_TRUE(system.discover().has(StepCode::probe_by_arp)) << "while the other still waits";
    talk.wait(1s);
    ASSERT_EQ(talk.later.size(), 1U) << "which is not answered: the card has gone on";
    EXPECT_EQ(talk.later[0].message->options.find(option::client_identifier)->size(), kSystem.size());
    EXPECT_EQ(system.select(kReserved).type(), MessageType::ack);
    firmware.discover();
    talk.answered(kReserved, mac(1));
    ASSERT_EQ(talk.later.size(), 2U);
    EXPECT_EQ(talk.later[1].yiaddr(), kReserved) << "its own card is no conflict";
}

} // namespace
} // namespace dorascope::server
