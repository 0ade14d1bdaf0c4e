// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/hex.h"
#include "engine/wire/option_table.h"
#include "tests/support/raw_message.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

namespace dorascope::wire {
namespace {

using test::Bytes;
using test::hex;

std::string safe_name(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return text;
}

struct Good {
    const char* name;
    std::uint8_t code;
    const char* octets;
    const char* text;
};

// One or more of every format.
const Good kGood[] = {
    {"rapid commit", 80, "", ""},
    {"flag on", 19, "01", "on"},
    {"flag off", 116, "00", "off"},
    {"u8", 23, "40", "64"},
    {"node type", 46, "08", "8 (H-node)"},
    {"u16", 26, "05dc", "1500"},
    {"u32", 152, "00000e10", "3600"},
    {"i32", 2, "ffffc7c0", "-14400 s"},
    {"seconds", 51, "00000e10", "3600 s (1 h)"},
    {"few seconds", 35, "0000001e", "30 s"},
    {"T2", 59, "00000c4e", "3150 s (52 min 30 s)"},
    {"days", 51, "0001fa40", "129600 s (1 d 12 h)"},
    {"infinite", 51, "ffffffff", "infinite"},
    {"address", 1, "ffffff00", "255.255.255.0"},
    {"addresses", 6, "c0a8010109090909", "192.168.1.1, 9.9.9.9"},
    {"no home agents", 68, "", ""},
    {"routes of 33", 33, "0a000001c0a80101", "10.0.0.1 via 192.168.1.1"},
    {"policy filter", 21, "0a000000ff000000", "10.0.0.0 mask 255.0.0.0"},
    {"u16s", 25, "004400940128", "68, 148, 296"},
    {"text", 12, "736d617274", "smart"},
    {"text in UTF-8", 12, "6bc3bc636865",
     "k\xc3\xbc"
     "che"},
    {"message type", 53, "02", "DHCPOFFER"},
    {"unassigned type", 53, "c8", "200 (unassigned)"},
    {"overload", 52, "03", "file and sname"},
    {"codes", 55, "0103067f", "1 Subnet Mask, 3 Router, 6 Domain Name Server, 127 Unassigned"},
    {"client id MAC", 61, "018c79f511025e", "8c:79:f5:11:02:5e"},
    {"client id DUID", 61, "ff01020304000300018c79f511025e", "IAID 01020304, DUID 000300018c79f511025e"},
    {"client id name", 61, "00686f7374", "host"},
    {"client id opaque", 61, "0742", "0742"},
    {"domain", 137, "046c6f7374076578616d706c6503636f6d00", "lost.example.com"},
    {"root domain", 213, "00", "."},
    {"domain with odd octets", 137, "04612e2001 00", "a\\.\\032\\001"},
    {"search list", 119, "03656e67056170706c6503636f6d00 096d61726b6574696e67c004", "eng.apple.com, marketing.apple.com"},
    {"classless routes", 121, "080ac0a80101 19c0a80180c0a80102 00c0a80101",
     "10.0.0.0/8 via 192.168.1.1, 192.168.1.128/25 via 192.168.1.2, 0.0.0.0/0 via 192.168.1.1"},
    {"vendor suboptions", 43, "0601084702ffff", "6: 08, 71: ffff"},
    {"relay agent", 82, "010545746830310206020000000001 0504c0a80101",
     "Agent Circuit ID: Eth01, Agent Remote ID: 020000000001, Link Selection: 192.168.1.1"},
    {"vendor class", 124, "0000000904636c6173", "enterprise 9: clas"},
    {"vendor options", 125, "00000de9080104746578740200", "enterprise 3561, 1: text, 2: "},
    {"user classes", 77, "04695058450454657374", "iPXE, Test"},
    {"fqdn wire", 81, "05000004686f7374076578616d706c6503636f6d00", "host.example.com., server updates A"},
    {"fqdn partial", 81, "04000004686f7374", "host"},
    {"fqdn ascii", 81, "000000686f7374", "host"},
    {"fqdn no update", 81, "0cffff", "no name, server makes no DNS updates"},
    {"sip names", 120, "0003736970036f726700", "sip.org"},
    {"sip addresses", 120, "01c0a80101", "192.168.1.1"},
    {"architectures", 93, "00000007ffff", "0 x86 BIOS, 7 x64 UEFI, 65535"},
    {"uuid", 97, "00000102030405060708090a0b0c0d0e0f", "00010203-0405-0607-0809-0a0b0c0d0e0f"},
    {"uuid of another type", 97, "01000102030405060708090a0b0c0d0e0f", "01000102030405060708090a0b0c0d0e0f"},
    {"client ndi", 94, "010201", "UNDI 2.1"},
    {"auth", 90, "0100000000000000000001 0aff",
     "protocol 1, algorithm 0, RDM 0, replay detection 0x0000000000000001, information 0aff"},
    {"status", 151, "026e6f", "2: no"},
    {"bare status", 151, "00", "0"},
    {"slp agents", 78, "01c0a80101c0a80102", "mandatory: 192.168.1.1, 192.168.1.2"},
    {"slp scope", 79, "0061", "a"},
    {"uris", 143, "0008687474703a2f2f61000161", "http://a, a"},
    {"iSNS, RFC 4174 §2", 83, "0001000200030000000cc0a80101c0a80102",
     "Functions 0x0001, DD access 0x0002, Administrative flags 0x0003, Security bitmap 0x0000000c, Server 192.168.1.1, Server "
     "192.168.1.2"},
    {"civic location, RFC 4776 §3.1", 99, "02444501026e77", "What location of the client, Country DE, CA type 1 nw"},
    {"softwire source, RFC 8539 §5", 109, "20010db8000000000000000000000001", "Softwire source 2001:db8::1"},
    {"location, RFC 6225 §2.2", 123, "480a0000004804000000118000640001",
     "Location latitude 5.000000, longitude 2.000000, altitude 100.00 m, datum 1"},
    {"location of the south, RFC 6225 §2.3", 144, "4bf60000004bfc000000018000000001",
     "Location latitude -5.000000, longitude -2.000000, altitude unknown, datum 1"},
    {"nonce algorithms, RFC 6704 §3.1", 145, "0102", "Algorithm 1 (HMAC-MD5), Algorithm 2"},
    {"RDNSS selection, RFC 6731 §4.3", 146, "01c0a80101c0a80102016103636f6d00",
     "Preference high, Primary 192.168.1.1, Secondary 192.168.1.2, Domain a.com"},
    {"PCP servers, RFC 7291 §4", 158, "08c0a80101c0a8010204c0a80103",
     "Length 8, Server 192.168.1.1, Server 192.168.1.2, Length 4, Server 192.168.1.3"},
    {"port parameters, RFC 7618 §9", 159, "06081200", "Offset 6, PSID length 8, PSID 0x1200"},
    {"encrypted DNS, RFC 9463 §5.1", 162, "00130001070161036263640004c0a8010100010002",
     "Instance length 19, Priority 1, Name length 7, Name a.bcd, Addresses length 4, Address 192.168.1.1, Service parameters "
     "00010002"},
    {"encrypted DNS alias, RFC 9463 §3.1.5", 162, "000a00000701610362636400",
     "Instance length 10, Priority 0, Name length 7, Name a.bcd"},
    {"6rd, RFC 5969 §7.1.1", 212, "002020010db8000000000000000000000000c0a80101",
     "IPv4 mask length 0, Prefix length 32, Prefix 2001:db8::, Border relay 192.168.1.1"},
    {"subnet allocation, RFC 6656 §3", 220, "000102001803026162", "Flags 0x00, Subnet request 0018, Subnet name ab"},
    {"VSS name, RFC 6607 §3.5", 221, "006162", "Type 0, VPN ab"},
    {"VSS identifier, RFC 2685", 221, "0100005e00000001", "Type 1, VPN-ID 00005e00000001"},
    {"VSS global, RFC 6607 §3.5", 221, "ff", "Type 255"},
    {"opaque", 224, "0001ff", "0001ff"},
    {"unassigned", 84, "0a", "0a"},
    {"Microsoft routes", 249, "080ac0a80101", "10.0.0.0/8 via 192.168.1.1"},
};

class EveryFormat : public testing::TestWithParam<Good> { };

TEST_P(EveryFormat, ReadsInWordsAndComesBackOctetForOctet)
{
    const auto& [name, code, octets, text] = GetParam();
    const auto data = hex(octets);
    const auto value = decode_option(code, data);
    ASSERT_TRUE(value) << value.error().expected << " at " << value.error().offset;
    EXPECT_EQ(to_text(code, *value), text);
    EXPECT_EQ(option_text(code, data), text);
    Bytes back{std::byte{0x55}};
    const auto written = encode_option(code, *value, back);
    ASSERT_TRUE(written) << written.error().expected;
    EXPECT_EQ(back.front(), std::byte{0x55}) << "appended";
    back.erase(back.begin());
    EXPECT_EQ(back, data);
}

INSTANTIATE_TEST_SUITE_P(Options, EveryFormat, testing::ValuesIn(kGood),
                         [](const auto& each) { return safe_name(each.param.name); });

TEST(EveryFormatOfTheTable, HasACaseHere)
{
    std::set<OptionFormat> seen;
    for (const auto& each : kGood)
        seen.insert(option_info(each.code).format);
    for (const auto& row : option_table())
        EXPECT_TRUE(seen.contains(row.format)) << row.name;
}

struct Bad {
    const char* name;
    std::uint8_t code;
    const char* octets;
    std::size_t offset;
};

const Bad kBad[] = {
    {"rapid commit with data", 80, "00", 0},
    {"flag empty", 19, "", 0},
    {"flag of two", 19, "02", 0},
    {"flag too long", 19, "0100", 0},
    {"u8 too long", 23, "0101", 0},
    {"u16 too short", 57, "05", 0},
    {"u16 too long", 57, "000005", 0},
    {"u32 of five octets", 152, "0000000000", 0},
    {"seconds of three octets", 51, "000e10", 0},
    {"i32 of two octets", 2, "0000", 0},
    {"mask of three octets", 1, "ffffff", 0},
    {"address of eight octets", 54, "c0a80101c0a80102", 0},
    {"addresses empty", 6, "", 0},
    {"addresses of five octets", 3, "c0a8010100", 0},
    {"home agents of three octets", 68, "c0a801", 0},
    {"pairs of four octets", 33, "0a000001", 0},
    {"u16s of three octets", 25, "004400", 0},
    {"text empty", 12, "", 0},
    {"text of NULs", 12, "0000", 0},
    {"message type zero", 53, "00", 0},
    {"message type of two octets", 53, "0101", 0},
    {"overload zero", 52, "00", 0},
    {"overload four", 52, "04", 0},
    {"codes empty", 55, "", 0},
    {"client id of one octet", 61, "01", 0},
    {"domain without root", 137, "03616263", 4},
    {"domain cut", 137, "05616263", 0},
    {"domain with more behind", 137, "016100ff", 3},
    {"domain with pointer", 137, "0161c000", 2},
    {"domain label of 64", 137, "40616200", 0},
    {"search list empty", 119, "", 0},
    {"pointer to itself", 119, "c000", 0},
    {"pointer forward", 119, "c002016100", 0},
    {"pointer loop", 119, "0161c000", 2},
    {"pointer cut", 119, "016100c0", 3},
    {"route of 33 bits", 121, "210a000000000a000001", 0},
    {"route without router", 121, "080ac0a801", 0},
    {"second route cut", 121, "080ac0a80101 18", 6},
    {"routes empty", 121, "", 0},
    {"suboption cut", 82, "0105457468", 0},
    {"suboption without length", 82, "010041", 2},
    {"relay information empty", 82, "", 0},
    {"vendor information cut", 43, "0605aabb", 0},
    {"vendor information after END", 43, "ff01", 1},
    {"vendor class cut", 124, "0000000905636c6173", 0},
    {"vendor class without length", 124, "00000009", 0},
    {"vendor options cut within", 125, "00000de903010474", 5},
    {"vendor suboption past its block", 125, "00000de9020105 0102030405", 5},
    {"user class of zero", 77, "00", 0},
    {"user class cut", 77, "0461", 0},
    {"fqdn of two octets", 81, "0000", 0},
    {"fqdn label cut", 81, "04000005616263", 3},
    {"fqdn with more behind", 81, "040000016100ff", 6},
    {"sip encoding", 120, "02", 0},
    {"sip empty", 120, "", 0},
    {"sip names cut", 120, "00056162", 1},
    {"sip addresses cut", 120, "01c0a801", 1},
    {"architecture of one octet", 93, "00", 0},
    {"uuid of 16 octets", 97, "000102030405060708090a0b0c0d0e0f", 0},
    {"ndi of two octets", 94, "0102", 0},
    {"auth of ten octets", 90, "01000000000000000000", 0},
    {"status empty", 151, "", 0},
    {"slp agents without address", 78, "01", 0},
    {"slp scope empty", 79, "", 0},
    {"uri cut", 143, "0001610002", 3},
    {"uri empty", 143, "0000", 0},
    {"isns without a server", 83, "0001000200030000000c", 10},
    {"civic element cut", 99, "024445010361", 3},
    {"softwire of 15 octets", 109, "20010db80000000000000000000000", 0},
    {"location of 15 octets", 123, "480500000048020000001200006400", 0},
    {"location of 17 octets", 144, "4805000000480200000012000064000100", 16},
    {"no algorithm", 145, "", 0},
    {"rdnss without a domain", 146, "01c0a80101c0a80102", 9},
    {"pcp of three octets", 158, "03c0a801", 0},
    {"psid of 17 bits", 159, "00110000", 1},
    {"dnr cut", 162, "0009000101", 2},
    {"dnr name cut", 162, "000400010161", 5},
    {"6rd without a relay", 212, "002020010db8000000000000000000000000", 18},
    {"6rd prefix of 129", 212, "008120010db8000000000000000000000000c0a80101", 1},
    {"subnet allocation cut", 220, "00010400", 1},
    {"vpn id of six octets", 221, "0100005e000000", 1},
    {"vpn without a name", 221, "00", 1},
    {"global vpn with more", 221, "ff00", 1},
};

class Malformed : public testing::TestWithParam<Bad> { };

TEST_P(Malformed, IsRefusedWithPlaceAndReasonAndShownAsHex)
{
    const auto& [name, code, octets, offset] = GetParam();
    const auto data = hex(octets);
    const auto value = decode_option(code, data);
    ASSERT_FALSE(value) << to_text(code, *value);
    EXPECT_EQ(value.error().offset, offset);
    EXPECT_FALSE(value.error().expected.empty());
    if (code == 77) return; // shown as text where it is text: ABareUserClassOfIpxeReadsAsText
    EXPECT_EQ(option_text(code, data), to_hex(data));
}

INSTANTIATE_TEST_SUITE_P(Options, Malformed, testing::ValuesIn(kBad),
                         [](const auto& each) { return safe_name(each.param.name); });

TEST(Table, HasEveryCodeOnceInOrder)
{
    int assigned = 0;
    for (std::size_t code = 0; code < 256; ++code) {
        const auto& row = option_table()[code];
        EXPECT_EQ(row.code, code);
        EXPECT_FALSE(row.name.empty());
        if (!row.rfc.empty()) ++assigned;
        EXPECT_EQ(row.rfc.empty() && row.name == "Unassigned" && code >= 224, false) << code;
    }
    // IANA, BOOTP Vendor Extensions and DHCP Options: 0–83, 85–95, 97–101, 108, 109, 112–114, 116–125, 128–148, 150–159, 161, 162,
    // 175–177 (tentative), 208–213, 220, 221, 255.
    EXPECT_EQ(assigned, 84 + 11 + 5 + 2 + 3 + 10 + 21 + 10 + 2 + 3 + 6 + 2 + 1);
    EXPECT_EQ(option_info(96).name, "Unassigned");
    EXPECT_EQ(option_info(240).name, "Site-specific");
    EXPECT_EQ(option_info(54).rfc, "RFC 2132 §9.7");
}

TEST(Rfc3397, TheExampleOfSection2IsReadAndWritten)
{
    const auto data = hex("03656e67056170706c6503636f6d00 096d61726b6574696e67c004");
    const auto value = decode_option(119, data);
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, OptionValue{(std::vector<std::string>{"eng.apple.com", "marketing.apple.com"})});
    Bytes out;
    ASSERT_TRUE(encode_option(119, *value, out));
    EXPECT_EQ(out, data) << "the tail apple.com is written once";
}

TEST(Rfc3397, PointersThatWouldBlowUpAreBounded)
{
    Bytes data = hex("3f");
    data.resize(64, std::byte{'a'});
    data.push_back(std::byte{0});
    for (int i = 0; i < 30000; ++i)
        data.insert(data.end(), {std::byte{0xc0}, std::byte{0}});
    const auto value = decode_option(119, data);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().expected, "at most 256 names");

    Bytes chain = hex("00");
    for (unsigned i = 0; i < 5000; ++i) {
        const auto target = i == 0 ? 0U : 1 + 2 * (i - 1);
        chain.push_back(static_cast<std::byte>(0xc0 | target >> 8));
        chain.push_back(static_cast<std::byte>(target));
    }
    EXPECT_FALSE(decode_option(119, chain));
}

TEST(Rfc3397, NamesOver255OctetsAreRefused)
{
    std::string name;
    for (int i = 0; i < 5; ++i)
        name += std::string(63, 'a') + '.';
    Bytes out;
    EXPECT_FALSE(encode_option(119, std::vector<std::string>{name}, out));
    EXPECT_FALSE(encode_option(119, std::vector<std::string>{std::string(64, 'a')}, out));
    for (const auto* bad : {"", ".a", "a..b", "a\\", "a\\25", "a\\256"}) {
        EXPECT_FALSE(encode_option(119, std::vector<std::string>{bad}, out)) << bad;
    }
    EXPECT_TRUE(out.empty()) << "nothing half written";
}

struct RouteCase {
    const char* destination;
    const char* octets;
};
// RFC 3442, "Classless Static Route Option Format", table of examples.
TEST(Rfc3442, OnlySignificantOctetsAreWritten)
{
    const RouteCase cases[] = {{"0.0.0.0/0", "00"},
                               {"10.0.0.0/8", "080a"},
                               {"10.0.0.0/24", "180a0000"},
                               {"10.17.0.0/16", "100a11"},
                               {"10.27.129.0/24", "180a1b81"},
                               {"10.229.0.128/25", "190ae50080"},
                               {"10.198.122.47/32", "200ac67a2f"}};
    for (const auto& each : cases) {
        const Route route{*Ipv4Prefix::parse(each.destination), Ipv4Address::from_octets(192, 168, 1, 1)};
        Bytes out;
        ASSERT_TRUE(encode_option(121, std::vector<Route>{route}, out));
        EXPECT_EQ(to_hex(out), std::string{each.octets} + "c0a80101");
        EXPECT_EQ(decode_option(121, out), OptionValue{std::vector<Route>{route}});
    }
}

TEST(Rfc3442, HostBitsInARouteAreMaskedOut) { EXPECT_EQ(option_text(121, hex("04ffc0a80101")), "240.0.0.0/4 via 192.168.1.1"); }

TEST(VendorSpecific, PadAndEndAreStructureAsInTheMessage)
{
    const auto value = decode_option(43, hex("00 0601aa 00 4702bbcc ff 0000"));
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, OptionValue{(std::vector<SubOption>{{6, {0xaa}}, {71, {0xbb, 0xcc}}})});
    Bytes out;
    ASSERT_TRUE(encode_option(43, *value, out));
    EXPECT_EQ(to_hex(out), "0601aa4702bbcc");
    EXPECT_EQ(to_text(43, *value), "6: aa, 71: bbcc");
    EXPECT_EQ(option_text(43, test::text("plain words")), to_hex(test::text("plain words")))
        << "not every vendor uses suboptions";
}

TEST(VendorOptions, NestSuboptionsInEnterprises)
{
    const auto value = decode_option(125, hex("00000de9 07 0104 74657874 02 00000009 00"));
    EXPECT_FALSE(value) << "the block's seventh octet begins a suboption that has no length";
    const auto good = decode_option(125, hex("00000de9 08 0104 74657874 0200 00000009 00"));
    ASSERT_TRUE(good);
    EXPECT_EQ(to_text(125, *good), "enterprise 3561, 1: text, 2: , enterprise 9");
    Bytes out;
    ASSERT_TRUE(encode_option(125, *good, out));
    EXPECT_EQ(to_hex(out),
              "00000de908010474657874020000000009"
              "00");
}

TEST(Text, TrailingNulsAreDroppedOnReadingAndRefusedOnWriting)
{
    EXPECT_EQ(decode_option(12, hex("68690000")), OptionValue{std::string{"hi"}});
    Bytes out;
    EXPECT_FALSE(encode_option(12, std::string("hi\0", 3), out));
    EXPECT_FALSE(encode_option(12, std::string{}, out));
}

TEST(Encode, RefusesAnAlternativeThatIsNotTheFormats)
{
    const OptionValue values[] = {std::monostate{},
                                  Flag{true},
                                  std::uint32_t{70000},
                                  std::int32_t{-1},
                                  Infinite{},
                                  Ipv4Address{1},
                                  std::vector<Ipv4Address>{},
                                  std::vector<std::uint32_t>{70000},
                                  std::string{},
                                  std::vector<std::string>{},
                                  std::vector<Route>{},
                                  std::vector<VendorBlock>{},
                                  OpaqueValue{}};
    Bytes out;
    for (const int each : {1, 3, 12, 19, 26, 33, 52, 53, 55, 61, 77, 93, 97, 119, 120, 121, 124, 125, 90, 151}) {
        const auto code = static_cast<std::uint8_t>(each);
        for (const auto& value : values) {
            EXPECT_FALSE(encode_option(code, value, out) && out.empty()) << int{code} << ' ' << value.index();
            out.clear();
        }
    }
    EXPECT_FALSE(encode_option(51, std::uint32_t{0xffffffff}, out)) << "that number means infinite";
    EXPECT_FALSE(encode_option(43, std::vector<SubOption>{{255, {}}}, out));
    EXPECT_FALSE(encode_option(82, (std::vector<SubOption>{{1, std::vector<std::uint8_t>(256)}}), out));
}

/// Well-formed UTF-8 without control characters, checked without the engine's own reader.
void expect_displayable(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        ASSERT_TRUE(c >= 0x20 && c != 0x7f) << "control character";
        const std::size_t more = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
        ASSERT_TRUE(c < 0x80 || (c >= 0xc2 && c <= 0xf4));
        ASSERT_LE(i + more, text.size() - 1);
        for (std::size_t k = 1; k <= more; ++k)
            ASSERT_EQ(static_cast<unsigned char>(text[i + k]) & 0xc0, 0x80);
        i += more + 1;
    }
}

TEST(Display, EveryOptionWithAnyOctetsIsShowableAndWhatReadsCanBeWritten)
{
    std::mt19937 random{4};
    int read = 0;
    for (int i = 0; i < 60000; ++i) {
        const auto code = static_cast<std::uint8_t>(random());
        Bytes data(random() % 24);
        for (auto& b : data)
            b = static_cast<std::byte>(random() % 3 == 0 ? random() % 8 : random());
        expect_displayable(option_text(code, data));
        const auto value = decode_option(code, data);
        if (!value) continue;
        ++read;
        Bytes out;
        ASSERT_TRUE(encode_option(code, *value, out)) << int{code} << ' ' << to_hex(data);
        ASSERT_EQ(decode_option(code, out), value) << int{code} << ' ' << to_hex(data);
    }
    EXPECT_GT(read, 15000);
}

TEST(Display, HostileTextIsEscaped)
{
    EXPECT_EQ(option_text(12, hex("611b5b33316d")), "a\\x1b[31m") << "no terminal escapes";
    EXPECT_EQ(option_text(12, hex("c0af41")), "\\xc0\\xafA") << "overlong";
    EXPECT_EQ(option_text(12, hex("eda080")), "\\xed\\xa0\\x80") << "surrogate";
    EXPECT_EQ(option_text(12, hex("f4908080")), "\\xf4\\x90\\x80\\x80") << "beyond Unicode";
    EXPECT_EQ(option_text(12, hex("c3")), "\\xc3") << "cut";
    EXPECT_EQ(option_text(12, hex("e280ae")), "\\xe2\\x80\\xae") << "right-to-left override";
    EXPECT_EQ(option_text(12, hex("6100 62")), "a\\x00b");
    EXPECT_EQ(option_text(12, hex("f09f9880")), "\xf0\x9f\x98\x80");
}

TEST(Display, ABareUserClassOfIpxeReadsAsText)
{
    EXPECT_EQ(option_text(77, test::text("iPXE")), "iPXE");
    EXPECT_EQ(option_text(77, hex("00ff")), "00ff");
}

TEST(Duration, InUnitsThatPeopleUse)
{
    EXPECT_EQ(duration_text(0), "0 s");
    EXPECT_EQ(duration_text(59), "59 s");
    EXPECT_EQ(duration_text(3150), "52 min 30 s");
    EXPECT_EQ(duration_text(90061), "1 d 1 h 1 min 1 s");
    EXPECT_EQ(duration_text(0xffffffff), "infinite");
}

} // namespace
} // namespace dorascope::wire
