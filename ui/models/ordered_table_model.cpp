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

void OrderedTableModel::rebuild()
{
    beginResetModel();
    rows_.clear();
    keys_.clear();
    scanned_ = 0;
    prepareKeys(sortColumn_);
    const std::size_t first = std::min(itemCount(), kSlice);
    keys_.resize(first, kHidden);
    for (Id id = 0; id < first; ++id) {
        if (!accepts(id)) continue;
        keys_[id] = sortKey(sortColumn_, id);
        rows_.push_back({keys_[id], id});
    }
    std::ranges::sort(rows_);
    scanned_ = first;
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
            takeNew(kSlice);
            if (isSettled())
                Q_EMIT settled();
            else
                scanSlice();
        },
        Qt::QueuedConnection);
}

void OrderedTableModel::takeNew(std::size_t limit)
{
    const std::size_t end = std::min(itemCount(), scanned_ + limit);
    std::vector<Row> fresh;
    keys_.resize(std::max(keys_.size(), end), kHidden);
    for (Id id = static_cast<Id>(scanned_); id < end; ++id)
        if (accepts(id)) fresh.push_back({sortKey(sortColumn_, id), id});
    scanned_ = end;
    append(std::move(fresh));
}

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
    takeNew(kSlice);
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
        const auto [top, bottom] = std::minmax(toRow(first), toRow(last));
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
        const auto [top, bottom] = std::minmax(toRow(run->first), toRow(run->second));
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
    for (auto& row : rows_)
        keys_[row.id] = row.key = sortKey(sortColumn_, row.id);
    std::ranges::sort(rows_);
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
