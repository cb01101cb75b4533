using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <content>Which item an event concerns.</content>
internal sealed partial class ResponsesOutputItems
{
    private static void Update(ResponsesOutputItemState state, in ResponsesItem item)
    {
        if (item.Type.Length > 0) state.Type = item.Type;
        state.Id ??= item.Id;
        state.CallId ??= item.CallId;
        state.Phase ??= item.Phase;
    }

    /// <summary>The item of a delta. The index is trusted before the id: some servers spell the id anew in every event.</summary>
    private ResponsesOutputItemState ItemOf(in ResponsesFrame frame)
    {
        if (frame.OutputIndex >= 0)
        {
            if (_last is { } last && last.OutputIndex == frame.OutputIndex) return last;
            foreach (var item in _items)
            {
                if (item.OutputIndex == frame.OutputIndex) return _last = item;
            }
        }
        else
        {
            foreach (var item in _items)
            {
                if (item.Id is not null && frame.ItemId.Equals(System.Text.Encoding.UTF8.GetBytes(item.Id))) return _last = item;
            }

            if (_last is { Done: false } open && (frame.ItemId.IsEmpty || open.Id is null)) return open;
        }

        var added = new ResponsesOutputItemState(frame.OutputIndex, "", frame.ItemId.IsEmpty ? null : frame.ItemId.ToString());
        _items.Add(added);
        return _last = added;
    }

    private ResponsesOutputItemState ItemFor(int outputIndex, in ResponsesItem item)
    {
        foreach (var known in _items)
        {
            if (outputIndex >= 0 ? known.OutputIndex == outputIndex : Same(known, item)) return _last = known;
        }

        return _last = Add(outputIndex, item);
    }

    private ResponsesOutputItemState Add(int outputIndex, in ResponsesItem item)
    {
        var added = new ResponsesOutputItemState(outputIndex, item.Type, item.Id) { CallId = item.CallId, Phase = item.Phase };
        _items.Add(added);
        return added;
    }

    /// <summary>The item that an item of the final output is: by its ids, else by its place when the type agrees.</summary>
    private ResponsesOutputItemState? Match(int index, in ResponsesItem item)
    {
        foreach (var known in _items)
        {
            if (Same(known, item)) return known;
        }

        foreach (var known in _items)
        {
            if (known.OutputIndex == index && (known.Type == item.Type || known.Type.Length == 0)) return known;
        }

        return null;
    }

    private static bool Same(ResponsesOutputItemState known, in ResponsesItem item)
        => (item.Id is { Length: > 0 } && item.Id == known.Id) || (item.CallId is { Length: > 0 } && item.CallId == known.CallId && item.Type == known.Type);
}
