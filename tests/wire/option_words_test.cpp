// SPDX-License-Identifier: GPL-3.0-or-later
// Option values as files spell them.
#include "engine/wire/hex.h"
#include "engine/wire/option_words.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

namespace dorascope::wire {
namespace {

using F = OptionFormat;
using Words = std::vector<std::string>;

struct Case {
    F format;
    Words words;
    std::string hex; ///< empty: refused
};

class Spelled : public testing::TestWithParam<Case> { };

TEST_P(Spelled, GivesTheOctets)
{
    const auto& [format, words, hex] = GetParam();
    const auto data = words_to_data(224, format, words);
    if (hex.empty()) {
        ASSERT_FALSE(data);
        EXPECT_FALSE(data.error().expected.empty());
        return;
    }
    ASSERT_TRUE(data) << data.error().expected;
    EXPECT_EQ(to_hex(*data), hex);
    EXPECT_TRUE(data_to_words(224, format, *data)) << "and has words again";
}

INSTANTIATE_TEST_SUITE_P(
    Formats, Spelled,
    testing::Values(Case{F::flag, {"true"}, "01"}, Case{F::flag, {"maybe"}, ""}, Case{F::u8, {"255"}, "ff"},
                    Case{F::u8, {"256"}, ""}, Case{F::u16, {"1"}, "0001"}, Case{F::u32, {"-1"}, ""},
                    Case{F::i32, {"-3600"}, "fffff1f0"}, Case{F::seconds, {"infinite"}, "ffffffff"},
                    Case{F::address, {"192.168.1.1"}, "c0a80101"}, Case{F::address, {"192.168.1"}, ""},
                    Case{F::address, {"1.1.1.1", "2.2.2.2"}, ""}, Case{F::addresses, {"1.1.1.1", "2.2.2.2"}, "0101010102020202"},
                    Case{F::addresses, {}, ""}, Case{F::address_pairs, {"10.0.0.1 via 1.1.1.1"}, "0a00000101010101"},
                    Case{F::address_pairs, {"10.0.0.0 mask 255.0.0.0"}, "0a000000ff000000"},
                    Case{F::address_pairs, {"10.0.0.0"}, ""}, Case{F::u16s, {"1", "2"}, "00010002"},
                    Case{F::text, {"ab"}, "6162"}, Case{F::text, {""}, ""}, Case{F::codes, {"1", "3"}, "0103"},
                    Case{F::domain, {"a.b"}, "0161016200"}, Case{F::domain, {"a..b"}, ""},
                    Case{F::routes, {"10.0.0.0/8 via 1.1.1.1"}, "080a01010101"}, Case{F::routes, {"10.0.0.1/8 via 1.1.1.1"}, ""},
                    Case{F::suboptions, {"1 = 0a:0b", "2 = 'x'"}, "01020a0b020178"}, Case{F::suboptions, {"256 = 0a"}, ""},
                    Case{F::vendor_class, {"9 = 'x'"}, "000000090178"},
                    Case{F::vendor_options, {"9.1 = 'x'"}, "0000000903010178"}, Case{F::user_class, {"ab", "c"}, "0261620163"},
                    Case{F::fqdn, {"5 a.b."}, "0500000161016200"}, Case{F::sip_servers, {"1.1.1.1"}, "0101010101"},
                    Case{F::sip_servers, {"a.b"}, "000161016200"}, Case{F::status, {"1 no"}, "016e6f"},
                    Case{F::slp_agents, {"mandatory", "1.1.1.1"}, "0101010101"}, Case{F::slp_agents, {"1.1.1.1"}, ""},
                    Case{F::slp_scope, {"optional", "x"}, "0078"}, Case{F::uris, {"u:x"}, "0003753a78"},
                    Case{F::uuid, {"00"}, ""}, Case{F::opaque, {"0102-0a"}, "01020a"}, Case{F::opaque, {"0"}, ""},
                    Case{F::opaque, {"0g"}, ""}),
    [](const auto& row) { return std::to_string(row.index) + "_" + std::string{format_name(row.param.format)}; });

TEST(OptionWords, AreOnlyGivenWhereTheyGiveTheOctetsAgain)
{
    std::mt19937 random{1};
    std::size_t spelled = 0;
    for (int i = 0; i < 20000; ++i) {
        const auto code = static_cast<std::uint8_t>(random() % 255);
        std::vector<std::byte> data(random() % 12);
        for (auto& octet : data)
            octet = static_cast<std::byte>(random() % 3 == 0 ? random() : random() % 8);
        const auto format = option_info(code).format;
        const auto words = data_to_words(code, format, data);
        if (!words) continue;
        const auto back = words_to_data(code, format, *words);
        ASSERT_TRUE(back) << int{code};
        ASSERT_EQ(*back, data) << int{code};
        ++spelled;
    }
    EXPECT_GT(spelled, 1000U);
}

TEST(OptionWords, EveryFormatHasItsOwnName)
{
    const auto names = format_names();
    ASSERT_EQ(names.size(), static_cast<std::size_t>(F::opaque) + 1);
    for (std::size_t i = 0; i < names.size(); ++i)
        EXPECT_EQ(format_name(static_cast<F>(i)), names[i]);
    EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
}

TEST(OptionWords, NamesLeadToTheirCodes)
{
    EXPECT_EQ(option_keyed("domain_search"), 119);
    EXPECT_EQ(option_keyed("classless_static_route"), 121);
    EXPECT_EQ(option_keyed("classless_routes"), 121);
    EXPECT_EQ(option_keyed("v6only_wait"), 108);
    EXPECT_EQ(option_keyed("captive_portal"), 114);
    EXPECT_EQ(option_keyed(""), std::nullopt);
    std::set<std::uint8_t> named;
    for (const auto& key : option_keys()) {
        const auto code = option_keyed(key);
        ASSERT_TRUE(code) << key;
        named.insert(*code);
    }
    EXPECT_GT(named.size(), 120U);
}

} // namespace
} // namespace dorascope::wire
