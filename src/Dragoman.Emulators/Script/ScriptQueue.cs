using System.Text.Json.Nodes;
using Dragoman.Emulators.Faults;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Script;

/// <summary>The prepared answers, first in first out among those that match.</summary>
public sealed class ScriptQueue
{
    private readonly Lock _gate = new();
    private readonly List<(ScriptedReply Reply, Reply Ready, int Left)> _replies = [];

    /// <summary>How many replies wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _replies.Count;
        }
    }

    /// <summary>Puts replies at the end of the queue.</summary>
    public void Add(params IEnumerable<ScriptedReply> replies)
    {
        lock (_gate)
        {
            foreach (var reply in replies)
                _replies.Add((reply, Prepare(reply), reply.Times));
        }
    }

    /// <summary>Throws all away.</summary>
    public void Clear()
    {
        lock (_gate)
            _replies.Clear();
    }

    // The bytes are laid out once, when the reply is queued: an answer that is sent for ever costs no more than its writes.
    internal (Reply Reply, Fault? Fault)? Take(Call call)
    {
        lock (_gate)
        {
            for (var i = 0; i < _replies.Count; i++)
            {
                var (script, ready, left) = _replies[i];
                if (!Matches(script, call))
                    continue;
                if (left == 1)
                    _replies.RemoveAt(i);
                else if (left > 1)
                    _replies[i] = (script, ready, left - 1);
                return (ready, script.Fault);
            }
        }

        return null;
    }

    private static bool Matches(ScriptedReply script, Call call) =>
        (script.Path is null || call.Path.Contains(script.Path, StringComparison.Ordinal) || Uri.UnescapeDataString(call.Path).Contains(script.Path, StringComparison.Ordinal))
        && (script.Model is null || ModelOf(call) == script.Model)
        && (script.BodyContains is null || call.BodyText.Contains(script.BodyContains, StringComparison.Ordinal));

    private static string? ModelOf(Call call)
    {
        if (call.Segments is ["model", var bedrock, ..])
            return bedrock;
        if (call.Segments is [_, "models", var gemini, ..] && gemini.Contains(':', StringComparison.Ordinal))
            return gemini[..gemini.LastIndexOf(':')];
        return call.Json?["model"].Str();
    }

    private static Reply Prepare(ScriptedReply script)
    {
        var streamed = script.Chunks.Count != 1 || script.ContentType.StartsWith("text/event-stream", StringComparison.Ordinal);
        var reply = new Reply
        {
            Status = script.Status,
            ContentType = script.ContentType,
            Streamed = streamed && script.Chunks.Count > 0,
            Frames = script.Chunks.Count == 0 ? [new Frame([])] : [.. script.Chunks.Select(chunk => new Frame(chunk.Bytes.ToArray(), chunk.Delay))],
            ErrorFrame = message => JsonExtensions.Sse("error", new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = "api_error", ["message"] = message } }),
        };
        reply.Headers.AddRange(script.Headers);
        return reply;
    }
}
