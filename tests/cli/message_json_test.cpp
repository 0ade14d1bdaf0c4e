// SPDX-License-Identifier: GPL-3.0-or-later
// One message as JSON, from bytes made by hand: every name and every format that --help promises.
#include "app/cli/json.h"
#include "app/cli/json_value.h"
#include "tests/cli/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::cli {
namespace {

using test::hex;
using test::RawMessage;
using Parsed = nlohmann::json;

Parsed json_of_frame(const decode::Frame& frame)
{
    const auto packet = decode::decode(frame);
    const auto line = message_json(frame, std::get<decode::DhcpPacket>(packet));
    EXPECT_EQ(line.find('\n'), std::string::npos);
    return Parsed::parse(line);
}

Parsed json_of_request(const RawMessage& message)
{
    return json_of_frame(test::Conversation{}.request(test::at_ms(0), message)[0]);
}

TEST(MessageJson, EveryKeyOfTheHeaderAndNoOther)
{
    const auto json = json_of_request(RawMessage{}.word(8, 0x00078000).word(12, 0x0a000001).type(MessageType::discover).end());
    const auto expected = Parsed::parse(R"({
        "frame": 1, "time": 1714564800.25,
        "link": {"source": "02:00:00:00:00:01", "destination": "ff:ff:ff:ff:ff:ff", "vlan": null},
        "ip": {"source": "0.0.0.0", "destination": "255.255.255.255"},
        "udp": {"source_port": 68, "destination_port": 67},
        "type": "DHCPDISCOVER", "op": 1, "htype": 1, "hlen": 6, "hops": 0, "xid": "0x3903f326", "secs": 7, "broadcast": true,
        "ciaddr": "10.0.0.1", "yiaddr": "0.0.0.0", "siaddr": "0.0.0.0", "giaddr": "0.0.0.0", "chaddr": "02:00:00:00:00:01",
        "sname": "", "file": "",
        "options": [{"code": 53, "name": "DHCP Message Type", "value": "DHCPDISCOVER", "hex": "01", "area": "options"}]})");
    auto without_anomalies = json;
    ASSERT_TRUE(json.contains("anomalies"));
    without_anomalies.erase("anomalies");
    without_anomalies["options"][0]["name"] = expected["options"][0]["name"]; // the table's words are the table's business
    EXPECT_EQ(without_anomalies, expected) << json.dump(1);
    EXPECT_FALSE(json["options"][0]["name"].get<std::string>().empty());
}

TEST(MessageJson, SecondsKeepTheirFraction)
{
    const auto frame = [](Instant at) {
        return test::Conversation{}.request(at, RawMessage{}.type(MessageType::discover).end());
    };
    EXPECT_EQ(json_of_frame(frame(Instant{std::chrono::nanoseconds{1'700'000'000'123'456'000}})[0])["time"].dump(),
              "1700000000.123456");
    EXPECT_EQ(json_of_frame(frame(Instant{})[0])["time"].dump(), "0.0");
}

TEST(MessageJson, OptionsInWireOrderWithTheirAreas)
{
    const auto json = json_of_request(RawMessage{}
                                          .type(MessageType::request)
                                          .option(52, {3})
                                          .option(12, test::text("laptop"))
                                          .end()
                                          .in_file()
                                          .option(50, {10, 0, 0, 7})
                                          .end()
                                          .in_sname()
                                          .option(61, {1, 2, 0, 0, 0, 0, 1})
                                          .end());
    std::vector<std::pair<int, std::string>> order;
    for (const auto& option : json["options"])
        order.emplace_back(option["code"], option["area"]);
    const std::vector<std::pair<int, std::string>> expected{
        {53, "options"}, {52, "options"}, {12, "options"}, {50, "file"}, {61, "sname"}};
    EXPECT_EQ(order, expected);
    EXPECT_EQ(json["file"], "") << "overloaded: no text there";
    EXPECT_EQ(json["sname"], "");
}

struct ValueRow {
    const char* name;
    std::uint8_t code;
    const char* bytes;
    const char* value; ///< as JSON
};
void PrintTo(const ValueRow& row, std::ostream* out) { *out << row.name; }
class OptionValues : public testing::TestWithParam<ValueRow> { };

TEST_P(OptionValues, AreWhatJsonWouldSay)
{
    const auto json =
        json_of_request(RawMessage{}.type(MessageType::discover).option(GetParam().code, hex(GetParam().bytes)).end());
    const auto& option = json["options"].at(1);
    EXPECT_EQ(option["value"], Parsed::parse(GetParam().value)) << option;
    EXPECT_EQ(option["hex"], GetParam().bytes);
    EXPECT_EQ(option["code"], GetParam().code);
}

constexpr ValueRow kValues[] = {
    {"address", 1, "ffffff00", R"("255.255.255.0")"},
    {"addresses", 6, "c0a8010109090909", R"(["192.168.1.1", "9.9.9.9"])"},
    {"one_of_addresses", 3, "c0a80101", R"(["192.168.1.1"])"},
    {"text", 12, "6c6170746f70", R"("laptop")"},
    {"text_not_utf8", 12, "ff61", R"("\\xffa")"},
    {"seconds", 51, "00000e10", "3600"},
    {"infinite", 51, "ffffffff", "4294967295"},
    {"u16", 57, "05dc", "1500"},
    {"negative", 2, "fffff1f0", "-3600"},
    {"flag", 19, "01", "true"},
    {"codes", 55, "0103062a", "[1, 3, 6, 42]"},
    {"client_id_mac", 61, "01020000000001", R"("02:00:00:00:00:01")"},
    {"client_id_opaque", 61, "ff0001", R"("ff0001")"},
    {"no_data", 80, "", "null"},
    {"pairs", 33, "0a000000c0a80101", R"([["10.0.0.0", "192.168.1.1"]])"},
    {"routes", 121, "180a0000c0a80101", R"([{"destination": "10.0.0.0/24", "router": "192.168.1.1"}])"},
    {"relay_information", 82, "010465746830020200ff",
     R"([{"code": 1, "hex": "65746830", "text": "eth0"}, {"code": 2, "hex": "00ff"}])"},
    {"search_list", 119, "076578616d706c65036f726700", R"(["example.org"])"},
    {"fqdn", 81, "0100006c6170", R"({"flags": 1, "rcode1": 0, "rcode2": 0, "name": "lap"})"},
    {"site_specific", 230, "00ff", R"("00ff")"},
    {"does_not_fit", 51, "0e10", "null"},
};
INSTANTIATE_TEST_SUITE_P(Formats, OptionValues, testing::ValuesIn(kValues), [](const auto& row) { return row.param.name; });

TEST(MessageJson, SecondMessageTypeIsNotHidden)
{
    const auto json = json_of_request(RawMessage{}.type(MessageType::discover).type(MessageType::nak).option(53, {99}).end());
    EXPECT_EQ(json["options"][0]["value"], "DHCPDISCOVER");
    EXPECT_EQ(json["options"][1]["value"], "DHCPNAK");
    EXPECT_EQ(json["options"][2]["hex"], "63");
}

TEST(MessageJson, PiecesOfALongOptionAreReadTogetherAtTheFirst)
{
    const auto json =
        json_of_request(RawMessage{}.type(MessageType::discover).option(121, hex("180a00")).option(121, hex("00c0a80101")).end());
    EXPECT_EQ(json["options"][1]["value"], Parsed::parse(R"([{"destination": "10.0.0.0/24", "router": "192.168.1.1"}])"));
    EXPECT_EQ(json["options"][1]["hex"], "180a00");
    EXPECT_EQ(json["options"][2]["hex"], "00c0a80101");
}

TEST(MessageJson, AnomaliesStandWithTheirPlace)
{
    const auto json = json_of_request(RawMessage{}.type(MessageType::discover).raw({12, 200, 'x'}));
    const auto found =
        std::ranges::find_if(json["anomalies"], [](const Parsed& a) { return a["code"] == "option_overruns_area"; });
    ASSERT_NE(found, json["anomalies"].end()) << json["anomalies"];
    EXPECT_EQ((*found)["option"], 12);
    EXPECT_EQ((*found)["severity"], "error");
    EXPECT_EQ((*found)["offset"], 243);
    EXPECT_FALSE((*found)["text"].get<std::string>().empty());
}

TEST(MessageJson, BootpHasNoType)
{
    EXPECT_EQ(json_of_request(RawMessage{}.option(1, {255, 255, 255, 0}).end())["type"], "BOOTP");
}

/// A payload cut anywhere is still one valid line, and says null for what is not there.
TEST(MessageJson, CutAnywhere)
{
    const auto whole = RawMessage{}.type(MessageType::discover).option(12, test::text("\xc3\xa9t\xc3\xa9")).end();
    const auto full = test::Conversation{}.request(test::at_ms(0), whole);
    constexpr std::size_t kHeaders = 14 + 20 + 8;
    for (std::size_t n = kHeaders; n <= full[0].bytes.size(); ++n) {
        auto frame = full[0];
        frame.bytes = frame.bytes.first(n);
        const auto packet = decode::decode(frame);
        const auto* dhcp = std::get_if<decode::DhcpPacket>(&packet);
        ASSERT_NE(dhcp, nullptr) << n;
        const auto json = Parsed::parse(message_json(frame, *dhcp));
        EXPECT_EQ(json["op"].is_null(), n < kHeaders + 1) << n;
        EXPECT_EQ(json["xid"].is_null(), n < kHeaders + 8) << n;
        EXPECT_EQ(json["chaddr"].is_null(), n < kHeaders + 44) << n;
        EXPECT_EQ(json["file"].is_null(), n < kHeaders + 236) << n;
    }
}

/// Rubbish in every octet: valid UTF-8 and JSON all the same (Parsed::parse throws otherwise).
TEST(MessageJson, AnyOctetsAreValidJson)
{
    for (unsigned fill = 0; fill < 256; fill += 3) {
        RawMessage m;
        for (std::size_t i = 0; i < 236; ++i)
            m.octet(i, static_cast<std::uint8_t>(fill));
        for (unsigned code = 1; code < 255; code += 7)
            m.option(static_cast<std::uint8_t>(code), test::Bytes(fill % 40, static_cast<std::byte>(fill)));
        EXPECT_NO_THROW(json_of_request(m)) << fill;
    }
}

} // namespace
} // namespace dorascope::cli
