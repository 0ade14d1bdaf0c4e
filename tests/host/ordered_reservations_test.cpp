// SPDX-License-Identifier: GPL-3.0-or-later
// Which of the reservations ordered earlier go together with a configuration: what was kept by going through them one by one is kept.
#include "engine/host/ordered_reservations.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

namespace dorascope::host {
namespace {

using server::Config;
using server::Reservation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Ipv4Address address(std::string_view text) { return Ipv4Address::parse(text).value(); }

Reservation by_card(std::string_view where, std::uint8_t card)
{
    Reservation r;
    r.address = address(where);
    r.hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, card}});
    return r;
}

Config two_subnets()
{
    Config config;
    for (const char* prefix : {"10.0.2.0/24", "10.0.1.0/24"}) {
        auto& subnet = config.subnets.emplace_back();
        subnet.prefix = Ipv4Prefix::parse(prefix).value();
        subnet.pools.emplace_back(subnet.prefix.network + 100, subnet.prefix.network + 200);
        subnet.options.routers = {subnet.prefix.network + 1};
    }
    return config;
}

std::vector<std::string> left_out(const Config& config, const std::vector<Reservation>& ordered, Config* fitted = nullptr)
{
    std::vector<LeftOut> unfit;
    const Config result = with_reservations(config, ordered, unfit);
    EXPECT_THAT(server::validate(result), IsEmpty());
    if (fitted != nullptr) *fitted = result;
    std::vector<std::string> sentences;
    for (const auto& each : unfit)
        sentences.push_back(to_sentence(each));
    return sentences;
}

TEST(OrderedReservations, AreInTheirSubnets)
{
    Config config;
    EXPECT_THAT(left_out(two_subnets(), {by_card("10.0.1.5", 1), by_card("10.0.2.5", 1), by_card("10.0.2.6", 2)}, &config),
                IsEmpty());
    EXPECT_EQ(config.subnets[0].reservations.size(), 2U);
    EXPECT_EQ(config.subnets[1].reservations.size(), 1U);
}

TEST(OrderedReservations, OneThatDoesNotFitIsLeftOutAloneAndNamed)
{
    std::vector<Reservation> ordered;
    for (std::uint8_t i = 10; i < 90; ++i)
        ordered.push_back(by_card(fmt::format("10.0.1.{}", i), i));
    ordered[33].address = address("10.0.1.1"); // the router's
    Config config;
    EXPECT_THAT(left_out(two_subnets(), ordered, &config),
                ElementsAre("The reservation of 10.0.1.1 for 02:00:00:00:00:2b is left out: 10.0.1.1 is a router's."));
    ordered.erase(ordered.begin() + 33);
    EXPECT_EQ(config.subnets[1].reservations, ordered) << "the others, in their order";
}

TEST(OrderedReservations, TheConfigurationAndTheFirstOneComeFirst)
{
    Config config = two_subnets();
    config.subnets[1].reservations = {by_card("10.0.1.5", 1), by_card("10.0.1.6", 2)};
    config.subnets[1].reservations[1].hardware.reset();
    config.subnets[1].reservations[1].client_id = {1, 2};
    Reservation same_id = by_card("10.0.1.9", 9);
    same_id.hardware.reset();
    same_id.client_id = {1, 2};
    EXPECT_THAT(left_out(config,
                         {by_card("10.0.1.5", 7), by_card("10.0.1.7", 1), same_id, by_card("10.0.2.7", 1), by_card("10.0.2.8", 1),
                          by_card("10.0.2.7", 8), by_card("10.0.3.1", 9)}),
                ElementsAre(HasSubstr("10.0.1.5 for 02:00:00:00:00:07 is left out: it is reserved for 02:00:00:00:00:01 already"),
                            HasSubstr("02:00:00:00:00:01 has 10.0.1.5 reserved already"),
                            HasSubstr("client identifier 0102 has 10.0.1.6 reserved already"),
                            HasSubstr("02:00:00:00:00:01 has 10.0.2.7 reserved already"),
                            HasSubstr("10.0.2.7 for 02:00:00:00:00:08 is left out: it is reserved for 02:00:00:00:00:01 already"),
                            HasSubstr("it lies in no subnet that is served")));
}

TEST(OrderedReservations, AClientIsTheSameHoweverItIsKnown)
{
    Config config = two_subnets();
    Reservation port = by_card("10.0.1.5", 1), name = port;
    port.hardware.reset();
    name.hardware.reset();
    port.circuit_id = {1, 2};
    name.client_hostname = "Kitchen";
    name.address = address("10.0.1.6");
    config.subnets[1].reservations = {port, name};
    port.address = address("10.0.1.7");
    name.address = address("10.0.1.8");
    name.client_hostname = "kitchen";
    auto line = port;
    line.address = address("10.0.1.9");
    line.remote_id = {3};
    EXPECT_THAT(
        left_out(config, {port, name, line}),
        ElementsAre(HasSubstr("10.0.1.7 for what hangs on circuit 0102 is left out: what hangs on circuit 0102 has 10.0.1.5"),
                    HasSubstr("10.0.1.8 for host name kitchen is left out: host name kitchen has 10.0.1.6")))
        << "circuit and remote together are another client";
}

/// The ordered ones written into the file, as `ctl config` does: they are there.
TEST(OrderedReservations, WhatTheConfigurationHasWordForWordIsNotMissed)
{
    Config config = two_subnets();
    config.subnets[1].reservations = {by_card("10.0.1.5", 1), by_card("10.0.1.6", 2)};
    config.subnets[1].reservations[0].options.domain_name = "example.org";
    auto renamed = by_card("10.0.1.6", 2);
    renamed.hostname = "printer";
    std::vector<LeftOut> unfit;
    EXPECT_EQ(with_reservations(config, {by_card("10.0.1.5", 1), renamed}, unfit), config);
    EXPECT_EQ(unfit.size(), 2U);
    EXPECT_THAT(sentences(unfit), ElementsAre(HasSubstr("10.0.1.6 for 02:00:00:00:00:02 is left out")));
}

/// As it was done when nobody minded the time: each validated with all before it.
Config one_by_one(Config config, const std::vector<Reservation>& ordered, std::size_t& unfit)
{
    for (const auto& r : ordered) {
        const auto home = std::ranges::find_if(config.subnets, [&](const auto& s) { return s.prefix.contains(r.address); });
        if (home == config.subnets.end()) {
            ++unfit;
            continue;
        }
        home->reservations.push_back(r);
        if (server::validate(config).empty()) continue;
        ++unfit;
        home->reservations.pop_back();
    }
    return config;
}

TEST(OrderedReservations, AreThoseThatFitOneByOne)
{
    std::size_t some = 0;
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random{seed};
        const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
        const auto draw = [&] {
            auto drawn = by_card(fmt::format("10.0.{}.{}", 1 + below(12) / 5, below(40) == 0 ? 255 : below(60)),
                                 static_cast<std::uint8_t>(below(60)));
            const auto who = static_cast<std::uint8_t>(1 + below(9));
            const auto way = below(12);
            if (way < 3) drawn.hardware.reset();
            if (way == 0) drawn.client_id = {who};
            if (way == 1) drawn.client_hostname = who % 2 == 0 ? "kitchen" : "Kitchen";
            if (way == 2) (who % 2 == 0 ? drawn.circuit_id : drawn.remote_id) = {who};
            return drawn;
        };
        std::vector<Reservation> configured, ordered;
        for (std::uint32_t i = 0; i < 10; ++i)
            configured.push_back(draw());
        for (std::uint32_t i = 0, count = below(30); i < count; ++i)
            ordered.push_back(draw());
        std::size_t ignored = 0, unfit = 0;
        const Config config = one_by_one(two_subnets(), configured, ignored);
        const Config expected = one_by_one(config, ordered, unfit);
        Config fitted;
        ASSERT_EQ(left_out(config, ordered, &fitted).size(), unfit);
        ASSERT_EQ(fitted, expected);
        some += unfit;
    }
    EXPECT_GT(some, 200U);
}

} // namespace
} // namespace dorascope::host
