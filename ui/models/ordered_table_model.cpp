// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ordered_table_model.h"

#include <algorithm>
#include <utility>

namespace dorascope::models {
namespace {

/// More separate rows than this go to the views as one change: a signal a row would cost more than looking again.
constexpr std::size_t kMostSignals = 64;

/// Ascending positions as inclusive runs.
std::vector<std::pair<std::size_t, std::size_t>> runs(const std::vector<std::size_t>& positions)
{
    std::vector<std::pair<std::size_t, std::size_t>> result;
    for (const auto p : positions) {
        if (!result.empty() && result.back().second + 1 == p)
            result.back().second = p;
        else if (result.empty() || result.back().second != p)
            result.emplace_back(p, p);
    }
    return result;
}

} // namespace

/// What a batch does to the rows.
struct OrderedTableModel::Split {
    std::vector<Id> stay, go;
    std::vector<Row> come, move;
};

OrderedTableModel::OrderedTableModel(QObject* parent) : QAbstractTableModel{parent} { }

int OrderedTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }

void OrderedTableModel::prepareKeys(int) { }

int OrderedTableModel::toRow(std::size_t position) const
{
    return static_cast<int>(sortOrder_ == Qt::AscendingOrder ? position : rows_.size() - 1 - position);
}

std::size_t OrderedTableModel::toPosition(int row) const
{
    const auto r = static_cast<std::size_t>(row);
    return sortOrder_ == Qt::AscendingOrder ? r : rows_.size() - 1 - r;
}

OrderedTableModel::Id OrderedTableModel::idAt(int row) const { return rows_[toPosition(row)].id; }

std::ptrdiff_t OrderedTableModel::find(Id id) const
{
    if (id >= keys_.size() || keys_[id] == kHidden) return -1;
    return std::ranges::lower_bound(rows_, Row{keys_[id], id}) - rows_.begin();
}

int OrderedTableModel::rowOf(Id id) const
{
    const auto position = find(id);
    return position < 0 ? -1 : toRow(static_cast<std::size_t>(position));
}

/// By key, and by id where keys are equal; `rows` come in the order of their ids. A radix sort: a click on a heading over a million rows is
/// felt, and comparing takes ten times as long.
void OrderedTableModel::sortRows(std::vector<Row>& rows)
{
    constexpr int kBits = 11;
    constexpr std::size_t kDigits = std::size_t{1} << kBits;
    if (rows.size() < kLeastSlice) {
        std::ranges::sort(rows);
        return;
    }
    std::uint64_t differing = 0;
    for (const auto& row : rows)
        differing |= row.key ^ rows.front().key;
    std::vector<Row> other(rows.size());
    for (int shift = 0; shift < 64; shift += kBits) {
        if ((differing >> shift & (kDigits - 1)) == 0) continue; // all the same here
        const auto digit = [shift](const Row& row) { return static_cast<std::size_t>(row.key >> shift & (kDigits - 1)); };
        std::vector<std::size_t> place(kDigits + 1);
        for (const auto& row : rows)
            ++place[digit(row) + 1];
        for (std::size_t i = 1; i < place.size(); ++i)
            place[i] += place[i - 1];
        for (const auto& row : rows)
            other[place[digit(row)]++] = row;
        rows.swap(other);
    }
}

/// Looks at the next items, as many as fit in a turn; those to be shown.
std::vector<OrderedTableModel::Row> OrderedTableModel::scan()
{
    const auto start = std::chrono::steady_clock::now();
    const std::size_t end = std::min(itemCount(), scanned_ + kSlice);
    std::vector<Row> found;
    std::size_t looked = 0;
    for (; scanned_ < end; ++scanned_, ++looked) {
        const bool askClock = looked >= kLeastSlice && looked % 512 == 0;
        if (askClock && std::chrono::steady_clock::now() - start > kTurn) break;
        const Id id = static_cast<Id>(scanned_);
        if (accepts(id)) found.push_back({sortKey(sortColumn_, id), id});
    }
    keys_.resize(scanned_, kHidden);
    return found;
}

void OrderedTableModel::rebuild()
{
    beginResetModel();
    keys_.clear();
    scanned_ = 0;
    prepareKeys(sortColumn_);
    rows_ = scan();
    sortRows(rows_);
    for (const auto& row : rows_)
        keys_[row.id] = row.key;
    endResetModel();
    if (isSettled())
        Q_EMIT settled();
    else
        scanSlice();
}

void OrderedTableModel::scanSlice()
{
    if (slicePending_) return;
    slicePending_ = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            slicePending_ = false;
            if (isSettled()) return;
            takeNew();
            if (isSettled())
                Q_EMIT settled();
            else
                scanSlice();
        },
        Qt::QueuedConnection);
}

void OrderedTableModel::takeNew() { append(scan()); }

OrderedTableModel::Split OrderedTableModel::split(std::span<const Id> changed) const
{
    Split result;
    std::vector<Id> ids{changed.begin(), changed.end()};
    std::ranges::sort(ids);
    const auto [first, last] = std::ranges::unique(ids); // a merged batch may name an item twice
    ids.erase(first, last);
    for (const Id id : ids) {
        if (id >= scanned_) break; // new, or still to be reached by the filter run
        const bool shown = keys_[id] != kHidden;
        const bool wanted = accepts(id);
        if (!shown && !wanted) continue;
        if (!wanted) {
            result.go.push_back(id);
            continue;
        }
        const auto key = sortKey(sortColumn_, id);
        if (!shown)
            result.come.push_back({key, id});
        else if (key != keys_[id])
            result.move.push_back({key, id});
        else
            result.stay.push_back(id);
    }
    return result;
}

void OrderedTableModel::applyBatch(std::span<const Id> changed)
{
    if (itemCount() < scanned_) return rebuild(); // another collection altogether
    auto parts = split(changed);
    drop(parts.go);
    reposition(std::move(parts.move));
    append(std::move(parts.come));
    rowsTouched(parts.stay);
    if (slicePending_) return; // the filter run will come by
    takeNew();
    if (!isSettled()) scanSlice();
}

void OrderedTableModel::rowsTouched(std::span<const Id> ids, const QList<int>& roles)
{
    std::vector<std::size_t> positions;
    for (const Id id : ids)
        if (const auto position = find(id); position >= 0) positions.push_back(static_cast<std::size_t>(position));
    std::ranges::sort(positions);
    touch(std::move(positions), roles);
}

void OrderedTableModel::touch(std::vector<std::size_t> positions, const QList<int>& roles)
{
    if (positions.empty()) return;
    auto changed = runs(positions);
    if (changed.size() > kMostSignals) changed = {{positions.front(), positions.back()}};
    for (const auto& [first, last] : changed) {
        const auto [top, bottom] = std::minmax({toRow(first), toRow(last)});
        Q_EMIT dataChanged(index(top, 0), index(bottom, columnCount() - 1), roles);
    }
}

void OrderedTableModel::drop(std::span<const Id> ids)
{
    if (ids.empty()) return;
    std::vector<std::size_t> positions;
    for (const Id id : ids)
        positions.push_back(static_cast<std::size_t>(find(id)));
    std::ranges::sort(positions);
    const auto gone = runs(positions);
    const bool many = gone.size() > kMostSignals;
    if (many) beginResetModel();
    for (const auto p : positions)
        keys_[rows_[p].id] = kHidden;
    if (many) {
        std::erase_if(rows_, [this](const Row& row) { return keys_[row.id] == kHidden; });
        endResetModel();
        return;
    }
    for (auto run = gone.rbegin(); run != gone.rend(); ++run) {
        const auto [top, bottom] = std::minmax({toRow(run->first), toRow(run->second)});
        beginRemoveRows({}, top, bottom);
        rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(run->first),
                    rows_.begin() + static_cast<std::ptrdiff_t>(run->second) + 1);
        endRemoveRows();
    }
}

template <typename Change> void OrderedTableModel::changeLayout(Change change)
{
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<Id> ids;
    for (const auto& persistent : before)
        ids.push_back(idAt(persistent.row()));
    change();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after << index(rowOf(ids[static_cast<std::size_t>(i)]), before[i].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void OrderedTableModel::append(std::vector<Row> fresh)
{
    if (fresh.empty()) return;
    std::ranges::sort(fresh);
    // Enter at the end, in one piece; then those that belong elsewhere move there.
    const bool inOrder = rows_.empty() || rows_.back() < fresh.front();
    const int top = sortOrder_ == Qt::AscendingOrder ? static_cast<int>(rows_.size()) : 0;
    beginInsertRows({}, top, top + static_cast<int>(fresh.size()) - 1);
    if (inOrder) {
        for (const auto& row : fresh)
            keys_[row.id] = row.key;
        rows_.insert(rows_.end(), fresh.begin(), fresh.end());
        endInsertRows();
        return;
    }
    // Between insertion and reordering the new rows carry the greatest key, so that the rows stay sorted and can be found.
    std::vector<Row> last;
    last.reserve(fresh.size());
    for (const auto& row : fresh)
        last.push_back({kHidden - 1, row.id});
    std::ranges::sort(last);
    for (const auto& row : last)
        keys_[row.id] = row.key;
    rows_.insert(rows_.end(), last.begin(), last.end());
    endInsertRows();
    reposition(std::move(fresh));
}

void OrderedTableModel::reposition(std::vector<Row> moved)
{
    if (moved.empty()) return;
    std::vector<bool> moving(keys_.size());
    for (const auto& row : moved)
        moving[row.id] = true;
    std::vector<Row> kept;
    kept.reserve(rows_.size());
    for (const auto& row : rows_)
        if (!moving[row.id]) kept.push_back(row);
    std::vector<Row> next(rows_.size());
    std::ranges::sort(moved);
    std::ranges::merge(kept, moved, next.begin());
    changeLayout([&] { setOrder(std::move(next)); });
    std::vector<std::size_t> positions;
    for (const auto& row : moved)
        positions.push_back(static_cast<std::size_t>(find(row.id)));
    std::ranges::sort(positions);
    touch(std::move(positions), {});
}

void OrderedTableModel::setOrder(std::vector<Row> rows)
{
    rows_ = std::move(rows);
    for (const auto& row : rows_)
        keys_[row.id] = row.key;
}

void OrderedTableModel::rebuildOrder()
{
    changeLayout([this] { recomputeKeys(); });
}

void OrderedTableModel::recomputeKeys()
{
    prepareKeys(sortColumn_);
    std::vector<Row> rows;
    rows.reserve(rows_.size());
    for (Id id = 0; id < keys_.size(); ++id)
        if (keys_[id] != kHidden) rows.push_back({sortKey(sortColumn_, id), id});
    sortRows(rows);
    setOrder(std::move(rows));
}

void OrderedTableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount() || (column == sortColumn_ && order == sortOrder_)) return;
    changeLayout([&] {
        sortOrder_ = order;
        if (column == std::exchange(sortColumn_, column)) return;
        recomputeKeys();
    });
}

} // namespace dorascope::models
