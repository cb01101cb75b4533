using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>How the backend's WebSocket behaves, as <c>/chatgpt/emulated/socket</c> was told; without a word of it, as it should.</summary>
internal sealed class ChatGptSocketRules
{
    private int _hangups;

    /// <summary>The upgrade is refused with this status; 0 for none.</summary>
    public int Refuse { get; private set; }

    /// <summary>The handshake is never answered.</summary>
    public bool Mute { get; private set; }

    /// <summary>After so many answers the connection has served its time; 0 for never.</summary>
    public int Most { get; private set; }

    /// <summary>The connection is closed behind every answer.</summary>
    public bool Farewell { get; private set; }

    /// <summary>Something comes behind every answer.</summary>
    public bool Late { get; private set; }

    /// <summary>The first event of an answer comes as a binary message.</summary>
    public bool Binary { get; private set; }

    /// <summary>The answer's end is named <c>response.done</c>, and every document is written on many lines.</summary>
    public bool Old { get; private set; }

    /// <summary>Requests larger than this are too big; 0 for the usual limit.</summary>
    public int Largest { get; private set; }

    /// <summary>Takes what the control address was told.</summary>
    public Reply Set(Call call)
    {
        Clear();
        Refuse = Number("refuse");
        Mute = Number("mute") > 0;
        Most = Number("most");
        Farewell = Number("farewell") > 0;
        Late = Number("late") > 0;
        Binary = Number("binary") > 0;
        Old = Number("old") > 0;
        Largest = Number("largest");
        _hangups = Number("hangups");
        return Reply.Json(new JsonObject());

        int Number(string name) => int.Parse(call.Query.GetValueOrDefault(name) ?? "0", CultureInfo.InvariantCulture);
    }

    /// <summary>Whether the connection is cut instead of an answer; it is so many times.</summary>
    public bool HangsUp() => Interlocked.Decrement(ref _hangups) >= 0;

    /// <summary>Behaves as it should.</summary>
    public void Clear()
    {
        (Refuse, Mute, Most, Farewell, Late, Binary, Old, Largest) = (0, false, 0, false, false, false, false, 0);
        Volatile.Write(ref _hangups, 0);
    }
}
