// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/host/bad_disk.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>

namespace dorascope::test {
namespace {

constexpr std::size_t kSector = 512;
BadDisk* the_disk = nullptr;
sqlite3_vfs* real = nullptr;

/// What SQLite allocates for an open file: ours, and behind it the real VFS's.
struct OpenFile {
    sqlite3_file base;
    std::string* name;
    sqlite3_file* under() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

template <auto Method, class... Arguments> int pass_on(sqlite3_file* file, Arguments... arguments)
{
    sqlite3_file* const under = of(file).under();
    return (under->pMethods->*Method)(under, arguments...);
}

int close_file(sqlite3_file* file)
{
    delete of(file).name;
    return pass_on<&sqlite3_io_methods::xClose>(file);
}

int write_file_at(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset)
{
    auto allowed = static_cast<std::size_t>(size);
    const std::span octets{static_cast<const unsigned char*>(data), allowed};
    const int code = the_disk ? the_disk->write(*of(file).name, octets, static_cast<std::size_t>(offset), allowed) : SQLITE_OK;
    if (allowed == 0) return code;
    const int written = pass_on<&sqlite3_io_methods::xWrite>(file, data, static_cast<int>(allowed), offset);
    return code == SQLITE_OK ? written : code;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size)
{
    const int code = the_disk ? the_disk->truncate(*of(file).name, static_cast<std::size_t>(size)) : SQLITE_OK;
    return code == SQLITE_OK ? pass_on<&sqlite3_io_methods::xTruncate>(file, size) : code;
}

/// The real disk need not be waited for: what is on ours is what counts.
int sync_file(sqlite3_file* file, int) { return the_disk ? the_disk->sync(*of(file).name) : SQLITE_OK; }

using M = sqlite3_io_methods;
constexpr sqlite3_io_methods kMethods{
    3,
    close_file,
    pass_on<&M::xRead, void*, int, sqlite3_int64>,
    write_file_at,
    truncate_file,
    sync_file,
    pass_on<&M::xFileSize, sqlite3_int64*>,
    pass_on<&M::xLock, int>,
    pass_on<&M::xUnlock, int>,
    pass_on<&M::xCheckReservedLock, int*>,
    pass_on<&M::xFileControl, int, void*>,
    pass_on<&M::xSectorSize>,
    pass_on<&M::xDeviceCharacteristics>,
    pass_on<&M::xShmMap, int, int, int, void volatile**>,
    pass_on<&M::xShmLock, int, int, int>,
    [](sqlite3_file* file) {
        sqlite3_file* const under = of(file).under();
        under->pMethods->xShmBarrier(under);
    },
    pass_on<&M::xShmUnmap, int>,
    pass_on<&M::xFetch, sqlite3_int64, int, void**>,
    pass_on<&M::xUnfetch, sqlite3_int64, void*>,
};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags)
{
    OpenFile& opened = of(file);
    opened.base.pMethods = nullptr;
    const int code = real->xOpen(real, name, opened.under(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    opened.base.pMethods = &kMethods;
    opened.name = new std::string{name ? name : ""};
    if (the_disk && name) the_disk->opened(name);
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_folder)
{
    if (the_disk) the_disk->removed(name);
    return real->xDelete(real, name, sync_folder);
}

sqlite3_vfs& the_vfs()
{
    static sqlite3_vfs vfs = [] {
        real = sqlite3_vfs_find(nullptr);
        sqlite3_vfs made = *real; // what is not ours is called with the real one's data
        made.szOsFile = static_cast<int>(sizeof(OpenFile)) + real->szOsFile;
        made.zName = "bad-disk";
        made.pNext = nullptr;
        made.xOpen = open_file;
        made.xDelete = delete_file;
        return made;
    }();
    return vfs;
}

} // namespace

BadDisk::BadDisk()
{
    sqlite3_vfs_register(&the_vfs(), 1);
    the_disk = this;
}

BadDisk::~BadDisk()
{
    the_disk = nullptr;
    sqlite3_vfs_unregister(&the_vfs());
    sqlite3_vfs_register(real, 1);
}

void BadDisk::have(Trouble trouble, std::string only, int after)
{
    {
        const std::lock_guard lock{mutex_};
        trouble_ = trouble;
        only_ = std::move(only);
        after_ = after;
    }
    told_.notify_all();
}

int BadDisk::syncs() const
{
    const std::lock_guard lock{mutex_};
    return syncs_;
}

bool BadDisk::is_waited_for() const
{
    const std::lock_guard lock{mutex_};
    return waiting_ > 0;
}

bool BadDisk::strikes(const std::string& name, Trouble trouble)
{
    if (trouble_ != trouble || !name.ends_with(only_)) return false;
    return after_-- <= 0;
}

void BadDisk::opened(const std::string& name)
{
    const std::lock_guard lock{mutex_};
    if (files_.contains(name)) return;
    std::error_code none;
    const auto size = std::filesystem::file_size(name, none);
    auto& durable = files_[name].durable;
    durable.resize(none ? 0 : size);
    std::ifstream{name, std::ios::binary}.read(reinterpret_cast<char*>(durable.data()),
                                               static_cast<std::streamsize>(durable.size()));
}

void BadDisk::removed(const std::string& name)
{
    const std::lock_guard lock{mutex_};
    files_.erase(name);
}

int BadDisk::write(const std::string& name, std::span<const unsigned char> octets, std::size_t offset, std::size_t& allowed)
{
    if (before_) before_();
    const std::lock_guard lock{mutex_};
    int code = SQLITE_OK;
    if (strikes(name, Trouble::full)) {
        allowed = 0;
        code = SQLITE_FULL;
    } else if (strikes(name, Trouble::write_fails)) {
        allowed = 0;
        code = SQLITE_IOERR_WRITE;
    } else if (strikes(name, Trouble::write_tears)) {
        allowed = octets.size() / 2;
        code = SQLITE_IOERR_WRITE;
    }
    const auto part = octets.first(allowed);
    if (!part.empty()) files_[name].since.push_back({false, offset, {part.begin(), part.end()}});
    return code;
}

int BadDisk::truncate(const std::string& name, std::size_t size)
{
    if (before_) before_();
    const std::lock_guard lock{mutex_};
    files_[name].since.push_back({true, size, {}});
    return SQLITE_OK;
}

int BadDisk::sync(const std::string& name)
{
    if (before_) before_();
    std::unique_lock lock{mutex_};
    const bool fails = strikes(name, Trouble::sync_waits_and_fails);
    if (!fails && !strikes(name, Trouble::sync_waits)) return sync_now(name);
    const auto trouble = trouble_;
    ++waiting_;
    told_.wait(lock, [&] { return trouble_ != trouble; });
    --waiting_;
    return fails ? SQLITE_IOERR_FSYNC : sync_now(name);
}

/// One that fails makes nothing durable.
int BadDisk::sync_now(const std::string& name)
{
    if (strikes(name, Trouble::sync_fails)) return SQLITE_IOERR_FSYNC;
    ++syncs_;
    File& file = files_[name];
    for (const Change& change : file.since)
        apply(file.durable, change);
    file.since.clear();
    return SQLITE_OK;
}

void BadDisk::apply(std::vector<unsigned char>& content, const Change& change)
{
    if (change.truncates) return content.resize(change.offset);
    content.resize(std::max(content.size(), change.offset + change.octets.size()));
    if (!change.octets.empty()) std::memcpy(content.data() + change.offset, change.octets.data(), change.octets.size());
}

void BadDisk::power_cut(const std::filesystem::path& folder, std::mt19937& chance) const
{
    const std::lock_guard lock{mutex_};
    for (const auto& [name, file] : files_) {
        auto content = file.durable;
        auto changes = file.since;
        std::ranges::shuffle(changes, chance);
        for (Change& change : changes) {
            const auto fate = chance() % 3;
            if (fate == 0) continue;
            if (fate == 1 && !change.truncates) // up to a sector somewhere in it
                change.octets.resize(std::min(change.octets.size(), chance() % (change.octets.size() / kSector + 1) * kSector));
            apply(content, change);
        }
        if (name.ends_with("-shm")) continue; // shared memory, not on the disk
        std::ofstream out{folder / std::filesystem::path{name}.filename(), std::ios::binary};
        out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
    }
}

} // namespace dorascope::test
