// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/source/capture_bytes.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace dorascope::source::test {

namespace {

void little(Bytes& out, std::uint64_t v, int octets)
{
    for (int i = 0; i < octets; ++i)
        out.push_back(static_cast<unsigned char>(v >> (8 * i) & 0xff));
}

} // namespace

void PcapFile::u32(std::uint32_t v)
{
    const auto swapped = (v & 0xff) << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
    little(bytes_, order_ == Order::little ? v : swapped, 4);
}

void PcapFile::u16(std::uint16_t v)
{
    little(bytes_, order_ == Order::little ? v : static_cast<unsigned>(v >> 8 | (v & 0xff) << 8), 2);
}

PcapFile::PcapFile(std::uint32_t magic, std::uint32_t link, Order order) : order_{order}
{
    u32(magic);
    u16(2);
    u16(4);
    u32(0);
    u32(0);
    u32(262144);
    u32(link);
}

PcapFile& PcapFile::packet(std::uint32_t seconds, std::uint32_t fraction, const Bytes& bytes, std::uint32_t original)
{
    u32(seconds);
    u32(fraction);
    u32(static_cast<std::uint32_t>(bytes.size()));
    u32(original == 0 ? static_cast<std::uint32_t>(bytes.size()) : original);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
}

PcapngFile::PcapngFile()
{
    Bytes section;
    little(section, 0x1a2b3c4d, 4);
    little(section, 1, 2);
    little(section, 0, 2);
    little(section, ~std::uint64_t{0}, 8);
    block(0x0a0d0d0a, section);
}

void PcapngFile::block(std::uint32_t type, Bytes body)
{
    body.resize((body.size() + 3) / 4 * 4);
    little(bytes_, type, 4);
    little(bytes_, body.size() + 12, 4);
    bytes_.insert(bytes_.end(), body.begin(), body.end());
    little(bytes_, body.size() + 12, 4);
}

PcapngFile& PcapngFile::interface(std::uint16_t link, std::uint8_t resolution, std::uint32_t snap)
{
    Bytes body;
    little(body, link, 2);
    little(body, 0, 2);
    little(body, snap, 4);
    little(body, 9, 2); // if_tsresol
    little(body, 1, 2);
    little(body, resolution, 4);
    little(body, 0, 4); // opt_endofopt
    block(1, body);
    return *this;
}

PcapngFile& PcapngFile::packet(std::uint32_t interface, std::uint64_t time, const Bytes& bytes)
{
    Bytes body;
    little(body, interface, 4);
    little(body, time >> 32, 4);
    little(body, time & 0xffffffff, 4);
    little(body, bytes.size(), 4);
    little(body, bytes.size(), 4);
    body.insert(body.end(), bytes.begin(), bytes.end());
    block(6, body);
    return *this;
}

Folder::Folder()
{
    std::string name = (std::filesystem::temp_directory_path() / "dorascope-source-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no folder for the test's files"};
    path_ = name;
}

Folder::~Folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path Folder::put(const std::string& name, const Bytes& bytes) const
{
    const auto file = path_ / name;
    std::ofstream out{file, std::ios::binary};
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return file;
}

} // namespace dorascope::source::test
