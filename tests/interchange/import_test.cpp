// SPDX-License-Identifier: GPL-3.0-or-later
// Other servers' configurations: what comes over, and what is said to have stayed behind.
#include "engine/host/config_file.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_table.h"
#include "tests/interchange/imported.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::Config;
using testing::ElementsAre;
using testing::HasSubstr;

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }
Ipv4Range range(const char* text) { return Ipv4Range::parse(text).value(); }

Read read(std::string_view text, ConfigFormat format)
{
    EXPECT_EQ(config_format_of(text), format) << "known by its content";
    return read_as(text, format);
}
/// And it can be served.
void expect_served(const Config& config)
{
    const auto faults = server::validate(config);
    EXPECT_TRUE(faults.empty()) << faults.front().key << ": " << faults.front().problem;
    const auto again = host::parse_config(host::to_toml(config));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, config);
}

std::string extra(const server::OptionSettings& options, std::uint8_t code)
{
    for (const auto& e : options.extra)
        if (e.code == code) return wire::to_hex(e.data) + (e.force ? " forced" : "");
    return "none";
}

constexpr std::string_view kDnsmasq = R"(# a router's configuration
domain-needed
interface=br0
domain=lab.example   # for everybody
dhcp-authoritative
dhcp-range=set:lan,192.168.1.50,192.168.1.150,255.255.255.0,12h
dhcp-range=set:guest,192.168.2.50,192.168.2.150,infinite
dhcp-range=::1,constructor:br0
dhcp-option=option:router,192.168.1.1
dhcp-option=6,192.168.1.1,9.9.9.9
dhcp-option=tag:guest,option:router,192.168.2.1
dhcp-option=option:domain-search,lab.example,example
dhcp-option=121,10.0.0.0/8,192.168.1.254,0.0.0.0/0,192.168.1.1
dhcp-option-force=208,f1:00:74:7e
dhcp-option=252,"http://wpad/wpad.dat"
dhcp-option=tag:unknown,42,1.1.1.1
dhcp-option=option:ntp-server,0.0.0.0
dhcp-option=vendor:PXEClient,1,0.0.0.0
dhcp-host=11:22:33:44:55:66,192.168.1.60,fred,infinite
dhcp-host=id:01:02:03,192.168.1.61
dhcp-host=printer,192.168.1.62
dhcp-host=02:00:00:00:00:09,ignore
dhcp-host=11:22:33:44:55:77,set:red,192.168.1.63
dhcp-option=tag:red,option:ntp-server,192.168.4.4
dhcp-host=aa:bb:cc:dd:ee:ff,barney
dhcp-match=set:efi64,option:client-arch,7
dhcp-match=set:efi64,option:client-arch,9
dhcp-vendorclass=set:pxe,PXEClient
dhcp-mac=set:phones,00:04:f2:*:*:*
dhcp-boot=tag:efi64,ipxe.efi,boothost,192.168.1.2
dhcp-boot=pxelinux.0
dhcp-ignore=tag:phones
server=8.8.8.8
enable-tftp
)";

TEST(Dnsmasq, AConfigurationComesOver)
{
    const auto [config, notes] = read(kDnsmasq, ConfigFormat::dnsmasq);
    EXPECT_EQ(config.authority, server::Authority::authoritative);
    EXPECT_TRUE(config.probe.enabled);
    EXPECT_EQ(config.options.domain_name, "lab.example");
    EXPECT_EQ(config.options.routers, std::vector{address("192.168.1.1")});
    EXPECT_EQ(config.options.dns_servers.size(), 2U);
    EXPECT_EQ(extra(config.options, 119), "036c6162076578616d706c6500c004");
    EXPECT_EQ(extra(config.options, 121), "080ac0a801fe00c0a80101");
    EXPECT_EQ(extra(config.options, 208), "f100747e forced");
    EXPECT_EQ(extra(config.options, 252), "687474703a2f2f777061642f777061642e646174");
    EXPECT_EQ(config.options.boot_file, "pxelinux.0");
    ASSERT_EQ(config.subnets.size(), 2U);
    EXPECT_EQ(config.subnets[0].prefix.to_string(), "192.168.1.0/24");
    EXPECT_EQ(config.subnets[0].lease_seconds, 43200U);
    EXPECT_EQ(config.subnets[1].lease_seconds, kInfiniteSeconds);
    EXPECT_EQ(config.subnets[1].options.routers, std::vector{address("192.168.2.1")}) << "by the tag of its range";
    ASSERT_EQ(config.subnets[0].reservations.size(), 4U);
    EXPECT_EQ(config.subnets[0].reservations[0].hostname, "fred");
    EXPECT_EQ(config.subnets[0].reservations[1].client_id, (std::vector<std::uint8_t>{1, 2, 3}));
    EXPECT_EQ(config.subnets[0].reservations[2].client_hostname, "printer");
    EXPECT_EQ(config.subnets[0].reservations[3].options.ntp_servers, std::vector{address("192.168.4.4")});
}

TEST(Dnsmasq, TagsBecomeClasses)
{
    const auto [config, notes] = read(kDnsmasq, ConfigFormat::dnsmasq);
    ASSERT_EQ(config.classes.size(), 4U);
    const auto& efi = config.classes[0];
    EXPECT_EQ(efi.name, "efi64");
    EXPECT_EQ(efi.tests,
              (std::vector{ClassTest{
                  ClassTest::Subject::option, 93, {std::byte{0}, std::byte{7}}, true, {{std::byte{0}, std::byte{9}}}}}));
    EXPECT_EQ(efi.options.boot_file, "ipxe.efi");
    EXPECT_EQ(efi.options.server_name, "boothost");
    EXPECT_EQ(efi.options.next_server, address("192.168.1.2"));
    EXPECT_EQ(config.classes[2].name, "phones");
    EXPECT_TRUE(config.classes[2].deny);
    EXPECT_EQ(wire::to_hex(config.classes[2].tests[0].data), "0004f2");
    EXPECT_TRUE(config.classes[3].deny) << "the host that is ignored";
}

TEST(Dnsmasq, WhatStaysBehindIsListedInOrder)
{
    const auto [config, notes] = read(kDnsmasq, ConfigFormat::dnsmasq);
    EXPECT_THAT(notes,
                ElementsAre(HasSubstr("2: domain-needed: is not about DHCP"), HasSubstr("3: interface=br0: the interface"),
                            HasSubstr("7: "), HasSubstr("8: dhcp-range=::1"), HasSubstr("16: dhcp-option=tag:unknown"),
                            HasSubstr("17: "), HasSubstr("18: dhcp-option=vendor:PXEClient"), HasSubstr("19: "),
                            HasSubstr("25: dhcp-host=aa:bb:cc:dd:ee:ff,barney: sets no address aside"),
                            HasSubstr("31: dhcp-boot=pxelinux.0: dnsmasq names itself"), HasSubstr("33: server=8.8.8.8"),
                            HasSubstr("34: enable-tftp: DoraScope serves no TFTP")));
}

constexpr std::string_view kIsc = R"(# dhcpd.conf
option domain-name "lab.example";
option domain-name-servers 192.168.1.1, 9.9.9.9;
option rfc3442-routes code 121 = array of unsigned integer 8;
option tftp150 code 150 = array of ip-address;
default-lease-time 600;
max-lease-time 7200;
ddns-update-style none;
authoritative;
log-facility local7;

class "uefi" {
  match if substring (option vendor-class-identifier, 0, 20) = "PXEClient:Arch:00007"
    and option user-class = "iPXE";
  filename "ipxe.efi";
  next-server 192.168.1.2;
}
class "phones" { match substring (hardware, 1, 3); }
subclass "phones" 00:04:f2;
subclass "phones" 64:16:7f;

subnet 10.99.0.0 netmask 255.255.0.0 { }

shared-network floor2 {
  option ntp-servers 192.168.1.9;
  subnet 192.168.1.0 netmask 255.255.255.0 {
    range 192.168.1.100 192.168.1.150;
    range 192.168.1.160;
    option routers 192.168.1.1;
    option rfc3442-routes 8, 10, 192, 168, 1, 254;
    option tftp150 192.168.1.2, 192.168.1.3;
    option domain-search "a.example", "b.example";
    option dhcp-renewal-time 5;
    pool { range 192.168.1.200 192.168.1.210; allow members of "phones"; }
  }
  subnet 192.168.2.0 netmask 255.255.255.0 { range 192.168.2.10 192.168.2.20; max-lease-time 300; }
}
group {
  option root-path "/srv/root";
  host alpha { hardware ethernet 2:0:0:0:0:1; fixed-address 192.168.1.10; option host-name "alpha"; }
  host beta { option dhcp-client-identifier "\000beta"; fixed-address 192.168.1.11; }
  host gamma { host-identifier option agent.circuit-id "port7"; fixed-address 192.168.1.12; }
}
host far { hardware ethernet 02:00:00:00:00:02; fixed-address 172.16.0.1; }
host named { hardware ethernet 02:00:00:00:00:03; fixed-address name.example; }
if known { filename "y"; }
)";

TEST(Isc, AConfigurationComesOver)
{
    const auto [config, notes] = read(kIsc, ConfigFormat::isc);
    EXPECT_EQ(config.authority, server::Authority::authoritative);
    EXPECT_EQ(config.options.domain_name, "lab.example");
    ASSERT_EQ(config.subnets.size(), 2U) << "the one without addresses is not served";
    const auto& first = config.subnets[0];
    EXPECT_EQ(first.shared_network, "floor2");
    EXPECT_EQ(first.pools,
              (std::vector<server::Pool>{{range("192.168.1.100-192.168.1.150")},
                                         {range("192.168.1.160")},
                                         {range("192.168.1.200-192.168.1.210"), "phones"}}));
    EXPECT_EQ(first.options.routers, std::vector{address("192.168.1.1")});
    EXPECT_EQ(first.options.ntp_servers, std::vector{address("192.168.1.9")}) << "of the shared network";
    EXPECT_EQ(extra(first.options, 121), "080ac0a801fe");
    EXPECT_EQ(extra(first.options, 150), "c0a80102c0a80103");
    EXPECT_EQ(extra(first.options, 119), "0161076578616d706c65000162c002");
    EXPECT_EQ(first.lease_seconds, 600U);
    EXPECT_EQ(first.max_lease_seconds, 7200U);
    EXPECT_EQ(config.subnets[1].lease_seconds, 300U) << "never above the most";
    EXPECT_EQ(config.subnets[1].max_lease_seconds, 300U);
    ASSERT_EQ(first.reservations.size(), 3U);
    EXPECT_EQ(first.reservations[0].hardware->to_string(), "02:00:00:00:00:01");
    EXPECT_EQ(first.reservations[0].hostname, "alpha");
    EXPECT_EQ(extra(first.reservations[0].options, 17), "2f7372762f726f6f74") << "of the group";
    EXPECT_EQ(first.reservations[1].client_id, (std::vector<std::uint8_t>{0, 'b', 'e', 't', 'a'}));
    EXPECT_EQ(first.reservations[2].circuit_id, (std::vector<std::uint8_t>{'p', 'o', 'r', 't', '7'}));
}

TEST(Isc, ClassesComeOver)
{
    const auto [config, notes] = read(kIsc, ConfigFormat::isc);
    ASSERT_EQ(config.classes.size(), 2U);
    ASSERT_EQ(config.classes[1].tests.size(), 2U);
    EXPECT_EQ(config.classes[1].tests[0].code, 60);
    EXPECT_TRUE(config.classes[1].tests[0].prefix);
    EXPECT_EQ(config.classes[1].options.boot_file, "ipxe.efi");
    ASSERT_EQ(config.classes[0].tests.size(), 1U);
    EXPECT_EQ(wire::to_hex(config.classes[0].tests[0].data), "0004f2");
    ASSERT_EQ(config.classes[0].tests[0].alternatives.size(), 1U);
    EXPECT_EQ(config.classes[0].tests[0].subject, ClassTest::Subject::hardware);
}

TEST(Isc, WhatStaysBehindIsListed)
{
    const auto [config, notes] = read(kIsc, ConfigFormat::isc);
    EXPECT_THAT(notes,
                ElementsAre(HasSubstr("8: ddns-update-style none: DoraScope updates no DNS"), HasSubstr("10: log-facility"),
                            HasSubstr("22: subnet 10.99.0.0 netmask 255.255.0.0 { }: has neither"),
                            HasSubstr("44: host far { }: its address lies in no subnet"),
                            HasSubstr("45: fixed-address name.example"), HasSubstr("45: host named { }: sets no address"),
                            HasSubstr("46: if known { }: is a condition")));
}

TEST(Isc, HostileTextIsRefusedOrListed)
{
    EXPECT_FALSE(import_config(std::string(1'000'000, '{'), ConfigFormat::isc));
    EXPECT_FALSE(import_config("subnet 10.0.0.0 netmask 255.0.0.0 {", ConfigFormat::isc));
    EXPECT_FALSE(import_config(std::string(kLargestConfig + 1, ' '), ConfigFormat::isc));
    EXPECT_TRUE(import_config("option \"\\", ConfigFormat::isc).has_value() == false) << "no end";
}

constexpr std::string_view kKea = R"kea(// Kea
{
  "Dhcp4": {
    "interfaces-config": { "interfaces": [ "eth0" ] }, # where
    "authoritative": true,
    "valid-lifetime": 4000, "renew-timer": 1000, "rebind-timer": 2000,
    "decline-probation-period": 3600,
    "option-def": [ { "name": "tftp150", "code": 150, "type": "ipv4-address", "array": true } ],
    "option-data": [
      { "name": "domain-name-servers", "data": "192.0.2.1, 192.0.2.2" },
      { "code": 15, "data": "example.org" },
      { "name": "domain-search", "data": "a.example, b.example" },
      { "name": "tftp150", "data": "192.0.2.3", "always-send": true },
      { "name": "x", "space": "vendor-4491", "data": "1" } ],
    "client-classes": [
      { "name": "voip", "test": "substring(option[60].hex,0,6) == 'Aastra'", "next-server": "192.0.2.254", "boot-file-name": "a.bin" },
      { "name": "uefi", "test": "option[93].hex == 0x0007 and relay4[1].hex == 'p7'" },
      { "name": "odd", "test": "not member('voip')"
} ],
    "shared-networks": [ { "name": "n", "subnet4": [
      { "subnet": "192.0.2.0/24", "id": 1, "pools": [ { "pool": "192.0.2.10 - 192.0.2.200", "client-class": "voip" } ] } ] } ],
    "subnet4": [
      { "subnet": "10.0.0.0/24", "id": 7, "pools": [ { "pool": "10.0.0.128/26" } ], "valid-lifetime": 600, "renew-timer": 100, "rebind-timer": 200,
        "option-data": [ { "name": "routers", "data": "10.0.0.1" } ],
        "reservations": [
          { "hw-address": "1a:1b:1c:1d:1e:1f", "ip-address": "10.0.0.5", "hostname": "five" },
          { "client-id": "01:11:22", "ip-address": "10.0.0.6", "option-data": [ { "code": 224, "csv-format": false, "data": "0a0b" } ] },
          { "circuit-id": "'port7'", "ip-address": "10.0.0.7" },
          { "flex-id": "01", "ip-address": "10.0.0.8" } ] } ],
    "loggers": [ ]
}
})kea";

TEST(Kea, AConfigurationComesOver)
{
    const auto [config, notes] = read(kKea, ConfigFormat::kea);
    EXPECT_EQ(config.authority, server::Authority::authoritative);
    EXPECT_EQ(config.decline_quarantine, std::chrono::hours{1});
    EXPECT_EQ(config.options.dns_servers.size(), 2U);
    EXPECT_EQ(config.options.domain_name, "example.org");
    EXPECT_EQ(extra(config.options, 150), "c0000203 forced");
    ASSERT_EQ(config.subnets.size(), 2U);
    const auto& s = config.subnets[0];
    EXPECT_EQ(s.pools, std::vector<server::Pool>{{range("10.0.0.128-10.0.0.191")}});
    EXPECT_EQ(s.lease_seconds, 600U);
    EXPECT_EQ(s.renewal_seconds, 100U);
    ASSERT_EQ(s.reservations.size(), 3U);
    EXPECT_EQ(s.reservations[0].hostname, "five");
    EXPECT_EQ(extra(s.reservations[1].options, 224), "0a0b");
    EXPECT_EQ(s.reservations[2].circuit_id.size(), 5U);
    EXPECT_EQ(config.subnets[1].shared_network, "n");
    EXPECT_EQ(config.subnets[1].pools[0].client_class, "voip");
    ASSERT_EQ(config.classes.size(), 2U);
    EXPECT_EQ(config.classes[1].options.boot_file, "a.bin") << "the first outranks the others there, the last here";
    EXPECT_EQ(config.classes[0].tests.size(), 2U);
    EXPECT_THAT(notes,
                ElementsAre(HasSubstr("4: \"interfaces-config\""), HasSubstr("14: \"option-data\""), HasSubstr("18: class odd"),
                            HasSubstr("21: \"id\": 1: subnets are numbered in order of the file"), HasSubstr("23: \"id\": 7"),
                            HasSubstr("29: \"reservations\""), HasSubstr("30: \"loggers\"")));
    expect_served(config);
}

TEST(Kea, WhatASubnetSaysBesidesIsListed)
{
    const auto [config, notes] = read(R"({ "Dhcp4": { "subnet4": [ {
"subnet": "10.0.0.0/24", "pools": [ { "pool": "10.0.0.128/26" } ], "id": 1,
"interface": "eth1",
"user-context": { "floor": 2 } } ] } })",
                                      ConfigFormat::kea);
    EXPECT_THAT(notes, ElementsAre(HasSubstr("3: \"interface\": "), HasSubstr("4: \"user-context\": "))) << "1 is its number";
}

std::vector<ClassTest> kea_tests(const std::string& expression)
{
    const auto imported = import_config(R"({ "Dhcp4": { "option-def": [ { "name": "mine", "code": 224, "type": "string" } ],
"client-classes": [ { "name": "c", "test": ")"
                                            + expression + "\" } ] } }",
                                        ConfigFormat::kea);
    EXPECT_TRUE(imported && imported->config.classes.size() + imported->not_carried.size() == 1) << "read or listed";
    return imported && !imported->config.classes.empty() ? imported->config.classes[0].tests : std::vector<ClassTest>{};
}

TEST(Kea, AlternativesNeedNoParentheses)
{
    using Subject = ClassTest::Subject;
    constexpr std::byte k0{0}, k7{7}, k9{9}, kA{0xa};
    const ClassTest either{Subject::option, 93, {k0, k7}, false, {{k0, k9}, {k0, kA}}};
    EXPECT_EQ(kea_tests("option[93].hex == 0x0007 or option[93].hex == 0x0009 or option[93].hex == 0x000a"), std::vector{either});
    EXPECT_EQ(kea_tests("(option[93].hex == 0x0007 or (option[93].hex == 0x0009)) or option[93].hex == 0x000a"),
              std::vector{either});
    EXPECT_EQ(
        kea_tests("option[77].exists and (option[93].hex == 0x0007 or option[93].hex == 0x0009 or option[93].hex == 0x000a)"),
        (std::vector{ClassTest{Subject::option, 77, {}, false, {}}, either}));
    EXPECT_EQ(kea_tests("option[mine].exists"), (std::vector{ClassTest{Subject::option, 224, {}, false, {}}}));
}

TEST(Kea, PiecesAreTestsBehindAnOffset)
{
    using Subject = ClassTest::Subject;
    const auto data = [](std::string_view text) {
        const auto bytes = std::as_bytes(std::span{text});
        return std::vector<std::byte>{bytes.begin(), bytes.end()};
    };
    const auto behind = [&](std::uint16_t offset, bool prefix) {
        ClassTest test{Subject::option, 60, data("Arch"), prefix, {}};
        test.offset = offset;
        return std::vector{test};
    };
    EXPECT_EQ(kea_tests("substring(option[60].hex,10,4) == 'Arch'"), behind(10, true));
    EXPECT_EQ(kea_tests("substring(option[60].hex,10,all) == 'Arch'"), behind(10, false));
    EXPECT_EQ(kea_tests("substring(option[60].hex, 10, 9) == 'Arch'"), behind(10, false)) << "and nothing comes behind it";
    EXPECT_EQ(kea_tests("substring(option[60].hex,0,20) == 'Arch'"), behind(0, false));
    EXPECT_TRUE(kea_tests("substring(option[60].hex,10,3) == 'Arch'").empty()) << "never";
    EXPECT_TRUE(kea_tests("substring(option[60].hex,-4,4) == 'Arch'").empty()) << "from the end";
    EXPECT_TRUE(kea_tests("substring(option[60].hex,1,4) == 'Arch' or substring(option[60].hex,2,4) == 'Arch'").empty());
    EXPECT_TRUE(kea_tests("substring(pkt4.mac,14,4) == 'Arch'").empty()) << "no hardware address has so many octets";
    EXPECT_TRUE(kea_tests("option[60].hex == ''").empty()) << "holds where there is none";
}

TEST(Kea, AndBindsMoreTightlyThanOr)
{
    EXPECT_TRUE(kea_tests("option[77].exists and option[93].hex == 0x0007 or option[93].hex == 0x0009").empty());
    EXPECT_TRUE(kea_tests("option[93].hex == 0x0009 or option[77].exists and option[93].hex == 0x0007").empty());
    EXPECT_TRUE(kea_tests("option[77].exists or option[93].exists").empty());
    EXPECT_TRUE(kea_tests("option[93].hex == 0x0009 or").empty());
    EXPECT_TRUE(kea_tests("option[none].exists").empty());
}

TEST(Kea, AClassWhoseOptionASubnetSaysTooIsListed)
{
    const auto [config, notes] = read(R"({ "Dhcp4": { "client-classes": [
{ "name": "c", "test": "option[77].exists", "option-data": [ { "name": "routers", "data": "10.0.0.2" }, { "code": 42, "data": "10.0.0.2" } ] } ],
"subnet4": [ { "subnet": "10.0.0.0/24", "pools": [ { "pool": "10.0.0.128/26" } ], "option-data": [ { "name": "routers", "data": "10.0.0.1" } ] } ] } })",
                                      ConfigFormat::kea);
    EXPECT_THAT(notes, ElementsAre(HasSubstr("2: class c: option 3: a subnet says it too")));
}

TEST(Kea, HostileJsonIsRefused)
{
    EXPECT_FALSE(import_config("{\"Dhcp4\": " + std::string(1'000'000, '['), ConfigFormat::kea));
    EXPECT_FALSE(import_config("{}", ConfigFormat::kea));
    EXPECT_FALSE(import_config("{\"Dhcp4\": 3}", ConfigFormat::kea));
    const auto broken = import_config("{\n\"Dhcp4\": {\n\"a\": tru }}", ConfigFormat::kea);
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().line, 3U);
}

TEST(Imports, OneLineEach)
{
    EXPECT_EQ(config_format_of(""), std::nullopt);
    EXPECT_EQ(config_format_of("\x7f\x45LF"), ConfigFormat::isc) << "and fails there";
    EXPECT_EQ(config_format_named("kea"), ConfigFormat::kea);
    EXPECT_EQ(config_format_named("bind"), std::nullopt);
}

} // namespace
} // namespace dorascope::interchange
