// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/serve_config.h"
#include "engine/host/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::cli {
namespace {

using testing::HasSubstr;

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }
Ipv4Prefix prefix(const char* text) { return Ipv4Prefix::parse(text).value(); }

host::Interface interface_with(std::vector<host::InterfaceAddress> addresses)
{
    host::Interface interface;
    interface.name = "eth0";
    interface.addresses = std::move(addresses);
    return interface;
}

const host::Interface kHome = interface_with({{address("192.168.1.1"), prefix("192.168.1.0/24")}});

ServeCommand pool(const char* range)
{
    ServeCommand command;
    command.interface = "eth0";
    command.pools = {Ipv4Range::parse(range).value()};
    return command;
}

TEST(ServeConfig, TakesTheSubnetFromTheInterface)
{
    const auto config = serve_config(pool("192.168.1.100-192.168.1.200"), kHome);
    ASSERT_TRUE(config) << config.error().sentence();
    ASSERT_EQ(config->subnets.size(), 1U);
    const auto& subnet = config->subnets.front();
    EXPECT_EQ(subnet.prefix, prefix("192.168.1.0/24"));
    EXPECT_EQ(subnet.pools, std::vector<server::Pool>{*Ipv4Range::parse("192.168.1.100-192.168.1.200")});
    EXPECT_TRUE(subnet.exclusions.empty());
    EXPECT_TRUE(subnet.options.routers.empty()) << "not said, not sent";
    EXPECT_TRUE(subnet.options.dns_servers.empty());
    EXPECT_EQ(subnet.lease_seconds, 3600U);
}

TEST(ServeConfig, OfSeveralAddressesTheOneOfThePoolSpeaks)
{
    const auto two =
        interface_with({{address("10.0.0.1"), prefix("10.0.0.0/8")}, {address("192.168.7.1"), prefix("192.168.7.0/24")}});
    const auto config = serve_config(pool("192.168.7.10-192.168.7.20"), two);
    ASSERT_TRUE(config) << config.error().sentence();
    EXPECT_EQ(config->subnets.front().prefix, prefix("192.168.7.0/24"));
}

TEST(ServeConfig, AddressesInUseAreLeftOutOfThePool)
{
    auto command = pool("192.168.1.1-192.168.1.10");
    command.routers = {address("192.168.1.2")};
    command.dns_servers = {address("192.168.1.2"), address("192.168.1.3"), address("9.9.9.9")};
    const auto config = serve_config(command, kHome);
    ASSERT_TRUE(config) << config.error().sentence();
    const auto single = [](const char* text) { return Ipv4Range{address(text), address(text)}; };
    EXPECT_EQ(config->subnets.front().exclusions,
              (std::vector{single("192.168.1.1"), single("192.168.1.2"), single("192.168.1.3")}));
}

TEST(ServeConfig, SubnetBehindARelay)
{
    auto command = pool("10.1.0.10-10.1.3.250");
    command.subnet = prefix("10.1.0.0/16");
    const auto config = serve_config(command, kHome);
    ASSERT_TRUE(config) << config.error().sentence();
    EXPECT_EQ(config->subnets.front().prefix, prefix("10.1.0.0/16"));
}

TEST(ServeConfig, AShortOrLongLeaseTimeIsAllowedToClientsToo)
{
    for (const std::uint32_t time : {10U, 100'000U, kInfiniteSeconds}) {
        auto command = pool("192.168.1.100-192.168.1.200");
        command.lease_seconds = time;
        const auto config = serve_config(command, kHome);
        ASSERT_TRUE(config) << time << ": " << config.error().sentence();
        const auto& subnet = config->subnets.front();
        EXPECT_EQ(subnet.lease_seconds, time);
        EXPECT_LE(subnet.min_lease_seconds, time);
        EXPECT_GE(subnet.max_lease_seconds, time);
    }
}

TEST(ServeConfig, SeveralPoolsOfOneSubnet)
{
    auto command = pool("192.168.1.100-192.168.1.120");
    command.pools.push_back(*Ipv4Range::parse("192.168.1.200-192.168.1.210"));
    const auto config = serve_config(command, kHome);
    ASSERT_TRUE(config) << config.error().sentence();
    EXPECT_EQ(config->subnets.front().pools.size(), 2U);
}

TEST(ServeConfig, PoolsOfTwoSubnetsAreForAFile)
{
    const auto two =
        interface_with({{address("10.0.0.1"), prefix("10.0.0.0/8")}, {address("192.168.7.1"), prefix("192.168.7.0/24")}});
    auto command = pool("192.168.7.10-192.168.7.20");
    command.pools.push_back(*Ipv4Range::parse("10.0.0.10-10.0.0.20"));
    const auto config = serve_config(command, two);
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().sentence(), testing::AllOf(HasSubstr("two subnets"), HasSubstr("--config")));
}

TEST(ServeConfig, ProbesUnlessToldOtherwise)
{
    auto command = pool("192.168.1.100-192.168.1.200");
    EXPECT_TRUE(serve_config(command, kHome)->probe.enabled);
    command.probe.emplace();
    EXPECT_FALSE(serve_config(command, kHome)->probe.enabled);
}

TEST(ServeConfig, TheCommandLineOutranksTheFile)
{
    server::Config file;
    file.authority = server::Authority::authoritative;
    file.probe = {true, 3, std::chrono::seconds{1}};
    ServeCommand command;
    auto config = file;
    apply_behaviour(command, config);
    EXPECT_EQ(config, file) << "nothing said, nothing changed";
    command.polite = std::chrono::seconds{2};
    command.probe.emplace();
    command.rapid_commit = true;
    apply_behaviour(command, config);
    EXPECT_EQ(config.authority, server::Authority::polite);
    EXPECT_EQ(config.polite_delay, Duration{std::chrono::seconds{2}});
    EXPECT_FALSE(config.probe.enabled);
    EXPECT_TRUE(config.rapid_commit);
}

TEST(ServeConfig, OwnAddressesOfThePoolAreLeftOutAndSaid)
{
    server::Config config;
    config.subnets.emplace_back().prefix = prefix("192.168.1.0/24");
    config.subnets[0].pools = {*Ipv4Range::parse("192.168.1.1-192.168.1.10")};
    EXPECT_THAT(host::warning_lines(config, host::own_addresses(kHome)),
                testing::Contains(HasSubstr("this server's own address 192.168.1.1 lies in it")));
    exclude_own_addresses(config, kHome);
    EXPECT_EQ(config.subnets[0].exclusions, (std::vector{Ipv4Range{address("192.168.1.1"), address("192.168.1.1")}}));
    exclude_own_addresses(config, kHome);
    EXPECT_EQ(config.subnets[0].exclusions.size(), 1U) << "once";
    config.subnets[0].exclusions.clear();
    config.subnets[0].pools = {*Ipv4Range::parse("192.168.1.5-192.168.1.10")};
    exclude_own_addresses(config, kHome);
    EXPECT_TRUE(config.subnets[0].exclusions.empty());
}

TEST(ServeConfig, PoolOutsideTheInterfacesSubnet)
{
    const auto config = serve_config(pool("10.0.0.10-10.0.0.20"), kHome);
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().sentence(),
                testing::AllOf(HasSubstr("10.0.0.10-10.0.0.20"), HasSubstr("192.168.1.0/24"), HasSubstr("--subnet")));
}

TEST(ServeConfig, PoolOutsideTheSubnetNamed)
{
    auto command = pool("10.1.255.0-10.2.0.10");
    command.subnet = prefix("10.1.0.0/16");
    const auto config = serve_config(command, kHome);
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().sentence(), testing::AllOf(HasSubstr("10.1.0.0/16"), HasSubstr("10.1.0.1 to 10.1.255.254")));
}

TEST(ServeConfig, BroadcastAddressInThePool)
{
    const auto config = serve_config(pool("192.168.1.100-192.168.1.255"), kHome);
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().sentence(), HasSubstr("192.168.1.255"));
}

} // namespace
} // namespace dorascope::cli
