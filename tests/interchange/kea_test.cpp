// SPDX-License-Identifier: GPL-3.0-or-later
// What goes to Kea is what Kea takes: kea-dhcp4 itself is asked where it is installed.
#include "engine/host/config_file.h"
#include "engine/interchange/configs.h"
#include "engine/interchange/leases.h"
#include "tests/support/child_process.h"
#include "tests/support/random_config.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace dorascope::interchange {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const char* const kKea = "/usr/sbin/kea-dhcp4";

class WithKea : public testing::Test {
protected:
    void SetUp() override
    {
        if (!fs::exists(kKea)) GTEST_SKIP() << "kea-dhcp4 is not installed (apt install kea-dhcp4-server)";
        folder_ = fs::temp_directory_path() / ("dorascope-kea-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override
    {
        if (!folder_.empty()) fs::remove_all(folder_);
    }
    /// What kea-dhcp4 -t says against it; empty: nothing.
    std::string complaint(const std::string& json)
    {
        std::ofstream{folder_ / "kea.conf"} << json;
        const auto finished = test::run_program({kKea, "-t", folder_ / "kea.conf"});
        return finished.status == 0 ? "" : finished.out + finished.err + "\n" + json;
    }
    fs::path folder_;
};

TEST_F(WithKea, TakesTheExampleConfiguration)
{
    const auto config = host::load_config(fs::path{DORASCOPE_SOURCE_DIR} / "resources/dorascope.toml.example");
    ASSERT_TRUE(config);
    EXPECT_EQ(complaint(export_kea(*config, "lo", (folder_ / "leases.csv").string()).json), "");
}

TEST_F(WithKea, TakesWhateverIsDrawn)
{
    int taken = 0;
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
        const auto config = test::random_config(seed);
        ASSERT_EQ(complaint(export_kea(config, "lo", "").json), "") << "seed " << seed;
        ++taken;
    }
    EXPECT_EQ(taken, 60);
}

// dhcpd.conf(5) and Debian's example of it, dnsmasq(8), Kea's administrator reference: what people really have.
constexpr std::string_view kIscFile = R"(
option domain-name "example.org";
default-lease-time 600;
max-lease-time 7200;
ddns-update-style none;
subnet 10.152.187.0 netmask 255.255.255.0 {
}
subnet 10.254.239.0 netmask 255.255.255.224 {
  range 10.254.239.10 10.254.239.20;
  option routers 10.254.239.1;
  option dhcp-renewal-time 200;
  option dhcp-server-identifier 10.254.239.1;
}
class "foo" {
  match if substring (option vendor-class-identifier, 0, 4) = "SUNW";
}
shared-network 224-29 {
  subnet 10.17.224.0 netmask 255.255.255.0 {
    option routers 10.17.224.1;
  }
  subnet 10.0.29.0 netmask 255.255.255.0 {
    option routers 10.0.29.1;
  }
  pool {
    allow members of "foo";
    range 10.17.224.10 10.17.224.250;
  }
  pool {
    deny members of "foo";
    range 10.0.29.10 10.0.29.230;
  }
  pool {
    range 10.9.9.1 10.9.9.9;
  }
}
)";
constexpr std::string_view kDnsmasqFile = R"(
domain-needed
interface=br-lan
dhcp-range=set:lan,192.168.1.100,192.168.1.250,255.255.255.0,12h
dhcp-range=192.168.7.0,static,255.255.255.0
dhcp-range=tag:voip,192.168.1.20,192.168.1.30,255.255.255.0,12h
dhcp-vendorclass=set:voip,Cisco Systems, Inc. IP Phone
dhcp-option=option:router,192.168.1.1
dhcp-option=option:T1,1000
dhcp-option=tag:voip,150,192.168.1.5
dhcp-host=3c:22:fb:0a:01:02,printer,192.168.1.9
dhcp-authoritative
)";
constexpr std::string_view kKeaFile = R"({ "Dhcp4": {
  "interfaces-config": { "interfaces": [ "eth0" ] },
  "valid-lifetime": 4000, "renew-timer": 1000, "rebind-timer": 2000,
  "option-data": [ { "name": "domain-name-servers", "data": "192.0.2.1, 192.0.2.2" } ],
  "client-classes": [ { "name": "voip", "test": "substring(option[60].hex,0,6) == 'Aastra'", "next-server": "192.0.2.254" } ],
  "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24",
    "pools": [ { "pool": "192.0.2.10 - 192.0.2.100", "client-class": "voip" }, { "pool": "192.0.2.208/28" } ],
    "option-data": [ { "name": "routers", "data": "192.0.2.1" } ],
    "reservations": [ { "hw-address": "1a:1b:1c:1d:1e:1f", "ip-address": "192.0.2.201" },
                      { "circuit-id": "'charter950'", "ip-address": "192.0.2.204" } ] } ],
  "shared-networks": [ { "name": "floor", "subnet4": [
    { "id": 3, "subnet": "172.16.1.0/24", "pools": [ { "pool": "172.16.1.10-172.16.1.20" } ] },
    { "id": 4, "subnet": "172.16.2.0/24", "pools": [] } ] } ]
} })";

/// Served at once, whatever stands in it that cannot be served; and it goes on to Kea.
server::Config taken_up(std::string_view text, ConfigFormat format, std::vector<std::string>& notes)
{
    auto imported = import_config(text, format);
    EXPECT_TRUE(imported);
    if (!imported) return {};
    for (const auto& note : imported->not_carried)
        notes.push_back(to_string(note));
    for (const auto& error : server::validate(imported->config))
        ADD_FAILURE() << error.key << ": " << error.problem;
    return std::move(imported->config);
}

TEST_F(WithKea, TakesWhatOtherServersFilesBecame)
{
    for (const auto& [text, format] :
         {std::pair{kIscFile, ConfigFormat::isc}, {kDnsmasqFile, ConfigFormat::dnsmasq}, {kKeaFile, ConfigFormat::kea}}) {
        std::vector<std::string> notes;
        EXPECT_EQ(complaint(export_kea(taken_up(text, format, notes), "lo", "").json), "");
    }
}

TEST(OtherServersFiles, PoolsOfASharedNetworkFindTheirSubnets) // dhcpd.conf(5), "Declarations"
{
    std::vector<std::string> notes;
    const auto config = taken_up(kIscFile, ConfigFormat::isc, notes);
    ASSERT_EQ(config.subnets.size(), 3U);
    EXPECT_EQ(config.subnets[0].renewal_seconds, 200U);
    EXPECT_EQ(config.subnets[1].pools, (std::vector{server::Pool{{{0x0a11e00a}, {0x0a11e0fa}}, "foo"}}));
    EXPECT_EQ(config.subnets[2].pools, (std::vector{server::Pool{{{0x0a001d0a}, {0x0a001de6}}}}));
    EXPECT_THAT(notes,
                testing::UnorderedElementsAre(HasSubstr("ddns-update-style"), HasSubstr("6: subnet 10.152.187.0"),
                                              HasSubstr("deny members of"),
                                              HasSubstr("range 10.9.9.1 10.9.9.9: is no range of a subnet"),
                                              HasSubstr("option 54: the server fills it in itself")));
}

TEST(OtherServersFiles, WhatTheServerFillsInIsNoOptionOfDnsmasqs)
{
    std::vector<std::string> notes;
    const auto config = taken_up(kDnsmasqFile, ConfigFormat::dnsmasq, notes);
    ASSERT_EQ(config.subnets.size(), 1U);
    EXPECT_EQ(config.subnets[0].renewal_seconds, 1000U);
    ASSERT_EQ(config.subnets[0].pools.size(), 2U);
    EXPECT_EQ(config.subnets[0].pools[1].client_class, "voip") << "though its text has a comma in it";
    EXPECT_THAT(notes, testing::Contains(HasSubstr("subnet 192.168.7.0/24: has neither a pool nor a reservation")));
}

TEST(OtherServersFiles, ASubnetOfKeasWithoutAddressesStaysBehind)
{
    std::vector<std::string> notes;
    EXPECT_EQ(taken_up(kKeaFile, ConfigFormat::kea, notes).subnets.size(), 2U);
    EXPECT_THAT(notes, testing::Contains(HasSubstr("subnet 172.16.2.0/24: has neither a pool nor a reservation")));
}

/// DROP is Kea's word for clients that are denied, and what is denied here becomes that class there.
TEST_F(WithKea, TakesClassesWithNamesThatItUsesItself)
{
    std::vector<std::string> notes;
    auto config = taken_up(R"({ "Dhcp4": {
  "option-data": [ { "name": "boot-file-name", "data": "a\\,b" } ],
  "client-classes": [ { "name": "DROP", "test": "option[61].exists" }, { "name": "KNOWN_", "test": "option[60].hex == 'x'" } ],
  "subnet4": [ { "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10 - 192.0.2.100" },
                                                      { "pool": "192.0.2.110 - 192.0.2.120", "client-class": "KNOWN_" } ] } ]
} })",
                           ConfigFormat::kea, notes);
    ASSERT_EQ(config.options.extra.size() + (config.options.boot_file.empty() ? 0U : 1U), 1U);
    const std::string file = config.options.extra.empty()
        ? config.options.boot_file
        : std::string{reinterpret_cast<const char*>(config.options.extra[0].data.data()), config.options.extra[0].data.size()};
    EXPECT_EQ(file, "a,b") << "a comma that was kept";
    config.classes.front().name = config.subnets[0].pools[1].client_class = "KNOWN";
    const auto exported = export_kea(config, "lo", "");
    EXPECT_EQ(complaint(exported.json), "");
    EXPECT_THAT(exported.json, HasSubstr("\"client-class\": \"our_KNOWN\""));
    EXPECT_THAT(exported.json, HasSubstr("\"our_DROP\""));
}

TEST_F(WithKea, RefusesWhatIsWrong)
{
    EXPECT_NE(complaint("{ \"Dhcp4\": { \"subnet4\": [ { \"subnet\": \"10.0.0.0/40\" } ] } }"), "")
        << "so the tests above can fail";
}

/// kea-lfc is what Kea cleans its lease files with: it reads every row and writes what it understood.
TEST_F(WithKea, ReadsTheLeasesAsTheyWereWritten)
{
    server::LeaseTable leases(4);
    for (std::uint8_t i = 0; i < leases.size(); ++i) {
        auto& lease = leases[i];
        lease.address = Ipv4Address::from_octets(10, 0, 0, i);
        lease.hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, i}});
        lease.client = {server::ClientKey::Kind::identifier, {1, 2, i}};
        lease.hostname = i == 0 ? "with,comma" : "";
        lease.renewed = Instant{std::chrono::seconds{1'900'000'000}};
        lease.expires = i == 1 ? kNever : lease.renewed + std::chrono::hours{1};
    }
    leases[2].state = server::LeaseState::declined;
    leases[3].state = server::LeaseState::conflict;
    leases[3].since = leases[3].renewed;
    leases[3].renewed = {};
    const auto text = export_leases(leases, LeaseFormat::kea).text;
    std::ofstream{folder_ / "leases.1"} << text;
    const auto file = [&](const char* name) { return (folder_ / name).string(); };
    const auto finished =
        test::run_program({"/usr/sbin/kea-lfc", "-4", "-x", file("leases.2"), "-i", file("leases.1"), "-o", file("leases.output"),
                           "-f", file("leases.completed"), "-p", file("pid"), "-c", file("x")});
    ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
    auto written = test::lines_of(test::contents(folder_ / "leases.2")), given = test::lines_of(text);
    std::ranges::sort(written);
    std::ranges::sort(given);
    EXPECT_EQ(written, given);
}

server::Config lab()
{
    const auto config = host::parse_config(R"(
authority = "polite"
router = "10.0.0.1"
[probe]
enabled = true
[[class]]
name = "uefi"
vendor_class = "PXEClient"
architecture = [7, 9]
boot_file = "ipxe.efi"
router = "10.0.0.9"
lease_time = 600
min_lease_time = 300
max_lease_time = 900
[[class]]
name = "unwanted"
deny = true
mac_prefix = "06"
max_lease_time = 60
[[subnet]]
prefix = "10.0.0.0/24"
pool = ["10.0.0.10-10.0.0.99", { range = "10.0.0.200-10.0.0.209", class = "uefi" }]
exclude = ["10.0.0.20", "10.0.0.90-10.0.0.120"]
router = "10.0.0.1"
lease_time = "infinite"
[[subnet.reservation]]
address = "10.0.0.5"
hardware = "02:00:00:00:00:01"
hostname = "five"
)");
    EXPECT_TRUE(config) << (config ? "" : host::to_string("f", config.error().front()));
    return config.value_or(server::Config{});
}

TEST(KeaExport, SaysWhatKeaWouldDoOtherwise)
{
    std::vector<std::string> notes;
    for (const auto& note : export_kea(lab(), "eth0", "").not_carried)
        notes.push_back(to_string(note));
    EXPECT_THAT(notes, testing::Contains(HasSubstr("authority: Kea knows no polite server")));
    EXPECT_THAT(notes, testing::Contains(HasSubstr("probe: Kea 2.2 does not probe")));
    EXPECT_THAT(notes, testing::Contains(HasSubstr("class[0].option 3: a subnet says it too")));
    EXPECT_THAT(notes, testing::Contains(HasSubstr("class[1].max_lease_time: Kea bounds")));
}

TEST(KeaExport, SaysThatASubnetsBootFileOutranksAClasses)
{
    server::Config config;
    config.subnets.resize(1);
    config.subnets[0].prefix = Ipv4Prefix::parse("10.0.0.0/24").value();
    config.subnets[0].options.boot_file = "subnet.efi";
    config.classes.resize(1);
    config.classes[0].name = "uefi";
    config.classes[0].options.boot_file = "class.efi";
    std::vector<std::string> notes;
    for (const auto& note : export_kea(config, "eth0", "").not_carried)
        notes.push_back(to_string(note));
    EXPECT_THAT(notes, testing::Contains(HasSubstr("class[0].option 67: a subnet says it too")));
}

TEST(KeaExport, CarriesAClassesTimesThereAndBack)
{
    const auto text = export_kea(lab(), "eth0", "").json;
    const auto json = nlohmann::json::parse(text)["Dhcp4"]["client-classes"];
    const auto uefi = std::ranges::find_if(json, [](const auto& c) { return c["name"] == "uefi"; });
    ASSERT_NE(uefi, json.end());
    EXPECT_EQ((*uefi)["valid-lifetime"], 600);
    EXPECT_EQ((*uefi)["min-valid-lifetime"], 300);
    EXPECT_EQ((*uefi)["max-valid-lifetime"], 900);
    const auto back = import_config(text, ConfigFormat::kea);
    ASSERT_TRUE(back);
    const auto read = std::ranges::find(back->config.classes, "uefi", &server::ClientClass::name);
    ASSERT_NE(read, back->config.classes.end());
    EXPECT_EQ(read->lease_seconds, 600U);
    EXPECT_EQ(read->min_lease_seconds, 300U);
    EXPECT_EQ(read->max_lease_seconds, 900U);
}

TEST(KeaExport, SplitsPoolsAroundExclusions)
{
    const auto json = nlohmann::json::parse(export_kea(lab(), "eth0", "").json);
    std::vector<std::string> pools;
    for (const auto& pool : json["Dhcp4"]["subnet4"][0]["pools"])
        pools.push_back(pool["pool"]);
    EXPECT_THAT(pools, testing::ElementsAre("10.0.0.10 - 10.0.0.19", "10.0.0.21 - 10.0.0.89", "10.0.0.200 - 10.0.0.209"));
    EXPECT_EQ(json["Dhcp4"]["subnet4"][0]["valid-lifetime"], 4294967295U);
}

TEST_F(WithKea, TakesTestsAtAnOffsetAndIsToldOfThoseAnywhere)
{
    const auto config = host::parse_config(R"(
[[class]]
name = "offset"
match = [{ option = 61, hex = "02:aa", offset = 1, prefix = true }, { option = 60, text = ["b", "c"], offset = 2 }]
[[class]]
name = "anywhere"
deny = true
match = { option = 60, text = "Mobile", anywhere = true }
[[subnet]]
prefix = "10.0.1.0/24"
pool = "10.0.1.10-10.0.1.20"
)");
    ASSERT_TRUE(config) << host::to_string("f", config.error().front());
    const auto exported = export_kea(*config, "lo", "");
    EXPECT_EQ(complaint(exported.json), "");
    const auto classes = nlohmann::json::parse(exported.json)["Dhcp4"]["client-classes"];
    EXPECT_EQ(classes[0]["test"], "'a' == 'b'") << "nobody, rather than everybody";
    EXPECT_EQ(classes[1]["test"],
              "substring(option[61].hex,1,2) == 0x02aa and (substring(option[60].hex,2,all) == 'b' or "
              "substring(option[60].hex,2,all) == 'c')");
    std::vector<std::string> notes;
    for (const auto& note : exported.not_carried)
        notes.push_back(to_string(note));
    EXPECT_THAT(notes, testing::Contains(HasSubstr("class[1].match: Kea does not look for octets anywhere")));
}

TEST(KeaExport, GivesNoRouterAndNoDnsServerOut)
{
    const auto config = host::parse_config(R"(
max_offers = 100
router = "10.0.1.10"
[[class]]
name = "c"
vendor_class = "x"
router = "10.0.1.12"
[[subnet]]
prefix = "10.0.1.0/24"
pool = "10.0.1.10-10.0.1.20"
dns = ["9.9.9.9", "10.0.1.16"]
classless_routes = "default via 10.0.1.18"
[[subnet.option]]
code = 3
force = true
addresses = "10.0.1.14"
[[subnet.reservation]]
address = "10.0.1.30"
hardware = "02:00:00:00:00:01"
router = "10.0.1.20"
)");
    ASSERT_TRUE(config) << host::to_string("f", config.error().front());
    const auto exported = export_kea(*config, "eth0", "");
    const auto json = nlohmann::json::parse(exported.json);
    std::vector<std::string> pools, notes;
    for (const auto& pool : json["Dhcp4"]["subnet4"][0]["pools"])
        pools.push_back(pool["pool"]);
    EXPECT_THAT(pools,
                testing::ElementsAre("10.0.1.11 - 10.0.1.11", "10.0.1.13 - 10.0.1.13", "10.0.1.15 - 10.0.1.15",
                                     "10.0.1.17 - 10.0.1.17", "10.0.1.19 - 10.0.1.19"));
    for (const auto& note : exported.not_carried)
        notes.push_back(to_string(note));
    EXPECT_THAT(notes, testing::Contains(HasSubstr("max_offers: Kea 2.2 holds no offers")));
}

TEST(KeaExport, ComesBackAsItWent)
{
    const auto config = lab();
    const auto back = import_config(export_kea(config, "eth0", "").json, ConfigFormat::kea);
    ASSERT_TRUE(back) << back.error().problem;
    ASSERT_EQ(back->config.subnets.size(), 1U);
    EXPECT_EQ(back->config.subnets[0].reservations, config.subnets[0].reservations);
    EXPECT_EQ(back->config.subnets[0].options, config.subnets[0].options);
    ASSERT_EQ(back->config.classes.size(), 3U);
    EXPECT_EQ(back->config.classes[1].tests, config.classes[0].tests);
    EXPECT_EQ(back->config.classes[2].tests, config.classes[1].tests) << "the first wins there, the last here";
    EXPECT_TRUE(back->config.classes[0].deny) << "DROP";
}

} // namespace
} // namespace dorascope::interchange
