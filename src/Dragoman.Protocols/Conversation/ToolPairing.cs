using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Pairs calls with their results, for all protocols at once. A result belongs to the nearest call before it that bears its id and has none
/// yet; ids that are given twice become unique, the same way in every turn. Behind it each run of assistant turns that calls is followed by
/// a user's turn that begins with exactly one result for each call, in the order of the calls where that counts: results that came late are put there, those
/// that never came are made up as failures, and those that answer no call are reported as text at their place.
/// </summary>
internal sealed class ToolPairing
{
    private readonly List<Turn> _turns;
    private readonly bool _inCallOrder;
    private readonly Losses _losses;
    private readonly List<Call> _calls = [];
    private readonly Dictionary<ToolCallBlock, Call> _ofBlock = [];
    private readonly HashSet<ToolResultBlock> _paired = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly List<Turn> _built = [];
    private int _run;
    private int _results;

    private ToolPairing(List<Turn> turns, bool inCallOrder, Losses losses)
    {
        _turns = turns;
        _inCallOrder = inCallOrder;
        _losses = losses;
    }

    /// <summary>The turns, paired; the same list where they are already.</summary>
    public static List<Turn> Apply(List<Turn> turns, bool inCallOrder, Losses losses)
    {
        if (IsPaired(turns, inCallOrder)) return turns;
        var pairing = new ToolPairing(turns, inCallOrder, losses);
        pairing.Match();
        pairing.Build();
        return pairing._built;
    }

    private static bool IsPaired(List<Turn> turns, bool inCallOrder)
    {
        HashSet<string>? ids = null;
        var open = new List<string>();
        for (var i = 0; i < turns.Count;)
        {
            open.Clear();
            for (; i < turns.Count && turns[i].Role == Role.Assistant; i++)
            {
                foreach (var block in turns[i].Blocks)
                {
                    if (block is ToolResultBlock) return false;
                    if (block is not ToolCallBlock call) continue;
                    if (call.Id.Length == 0 || !(ids ??= new(StringComparer.Ordinal)).Add(call.Id)) return false;
                    open.Add(call.Id);
                }
            }

            for (; i < turns.Count && turns[i].Role != Role.Assistant; i++)
            {
                if (turns[i].Role != Role.User && open.Count > 0) return false;
                foreach (var block in turns[i].Blocks)
                {
                    if (block is ToolCallBlock) return false;
                    if (block is not ToolResultBlock result)
                    {
                        if (open.Count > 0) return false;
                        continue;
                    }

                    var at = open.IndexOf(result.CallId);
                    if (at < 0 || (at > 0 && inCallOrder)) return false;
                    open.RemoveAt(at);
                }
            }

            if (open.Count > 0) return false;
        }

        return true;
    }

    private void Match()
    {
        for (var i = 0; i < _turns.Count; i++)
        {
            var speaks = _turns[i].Role == Role.Assistant;
            if (speaks && (i == 0 || _turns[i - 1].Role != Role.Assistant)) _run++;
            foreach (var block in _turns[i].Blocks)
            {
                if (block is ToolCallBlock call && speaks)
                {
                    var known = new Call(call, Unique(call.Id), _run);
                    _calls.Add(known);
                    _ofBlock[call] = known;
                }
                else if (block is ToolResultBlock result && Find(result) is { } answered)
                {
                    answered.Result = result;
                    answered.Position = _results++;
                    _paired.Add(result);
                    if (answered.Run != _run) _losses.Approximate($"tool result {result.CallId}", "it was put right behind its call");
                }
            }
        }
    }

    /// <summary>The first call without a result in the latest run that has one of the result's id.</summary>
    private Call? Find(ToolResultBlock result)
    {
        Call? found = null;
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            if (found is not null && _calls[i].Run != found.Run) break;
            if (_calls[i].Result is null && Fits(_calls[i].Block, result)) found = _calls[i];
        }

        return found;
    }

    private static bool Fits(ToolCallBlock call, ToolResultBlock result)
        => result.CallId.Length > 0 ? call.Id == result.CallId : result.Name is null || result.Name == call.Name;

    /// <summary>The id itself where no call before bears it, else one made of it by counting.</summary>
    private string Unique(string id)
    {
        if (id.Length == 0) id = $"call_{_calls.Count + 1}";
        if (_ids.Add(id)) return id;
        _losses.Approximate($"tool call {id}", "its id was given before; it was made unique");
        for (var i = 2; ; i++)
        {
            if (_ids.Add($"{id}_{i}")) return $"{id}_{i}";
        }
    }

    private void Build()
    {
        for (var i = 0; i < _turns.Count;)
        {
            if (_turns[i].Role != Role.Assistant)
            {
                AddOther(_turns[i++]);
                continue;
            }

            var first = i;
            for (; i < _turns.Count && _turns[i].Role == Role.Assistant; i++) _built.Add(Rewritten(_turns[i]));
            var calls = _turns.GetRange(first, i - first).SelectMany(static turn => turn.Blocks).OfType<ToolCallBlock>().Select(call => _ofBlock[call]).ToList();
            if (calls.Count == 0) continue;
            // What the operator says in between stands behind the user's turn that answers.
            var answer = i;
            while (answer < _turns.Count && _turns[answer].Role is Role.System or Role.Developer) answer++;
            var user = answer < _turns.Count && _turns[answer].Role == Role.User ? _turns[answer] : null;
            _built.Add(Answers(calls, user));
            for (; i < answer; i++) AddOther(_turns[i]);
            if (user is not null) i++;
        }
    }

    private Turn Answers(List<Call> calls, Turn? user)
    {
        var turn = new Turn(Role.User) { Name = user?.Name, Extras = user?.Extras };
        if (!_inCallOrder) calls = [.. calls.OrderBy(static call => call.Position)];
        foreach (var call in calls) turn.Blocks.Add(call.Result is { } result ? Named(result, call) : Missing(call));
        if (user is not null) turn.Blocks.AddRange(Rewritten(user).Blocks);
        return turn;
    }

    private static ToolResultBlock Named(ToolResultBlock result, Call call)
    {
        if (result.CallId == call.Id && result.Name == call.Block.Name && (result.IsCustom || !call.Block.IsCustom)) return result;
        return new ToolResultBlock(call.Id, result.Content)
        {
            Name = call.Block.Name, IsError = result.IsError, IsCustom = result.IsCustom || call.Block.IsCustom, Value = result.Value,
            Raw = result.CallId == call.Id ? result.Raw : default,
            Cache = result.Cache, Extras = result.Extras, PartSignature = result.PartSignature,
        };
    }

    private ToolResultBlock Missing(Call call)
    {
        _losses.Approximate($"tool call {call.Id}", "it has no result; one that says it was interrupted was put in");
        var words = new TextBlock(JsonText.From("[The tool call was interrupted: there is no result.]"));
        return new ToolResultBlock(call.Id, [words]) { Name = call.Block.Name, IsError = true, IsCustom = call.Block.IsCustom };
    }

    private void AddOther(Turn turn)
    {
        var rewritten = Rewritten(turn);
        if (rewritten.Blocks.Count > 0 || turn.Blocks.Count == 0)
        {
            _built.Add(rewritten);
            return;
        }

        foreach (var extra in turn.Extras ?? []) _losses.Drop($"messages[].{extra.Name}", "the results of a turn's calls are sent together");
    }

    /// <summary>The turn without results that stand elsewhere now, with orphans as text and calls under their ids.</summary>
    private Turn Rewritten(Turn turn)
    {
        if (!turn.Blocks.Exists(block => block is ToolResultBlock || (block is ToolCallBlock call && (!_ofBlock.TryGetValue(call, out var known) || known.Id != call.Id)))) return turn;
        var copy = new Turn(turn.Role) { Name = turn.Name, Extras = turn.Extras };
        foreach (var block in turn.Blocks)
        {
            if (block is ToolResultBlock result)
            {
                if (!_paired.Contains(result)) ReportOrphan(result, copy.Blocks);
            }
            else if (block is ToolCallBlock call)
            {
                copy.Blocks.Add(Named(call));
            }
            else
            {
                copy.Blocks.Add(block);
            }
        }

        return copy;
    }

    private Block Named(ToolCallBlock call)
    {
        if (!_ofBlock.TryGetValue(call, out var known))
        {
            _losses.Approximate("messages", "a call that is not the model's is sent as text");
            return new TextBlock(JsonText.From($"[Called the tool {call.Name} with {call.Arguments.Text}]")) { Cache = call.Cache };
        }

        if (known.Id == call.Id) return call;
        return new ToolCallBlock(known.Id, call.Name, call.Arguments) { IsCustom = call.IsCustom, Cache = call.Cache, Extras = call.Extras, PartSignature = call.PartSignature };
    }

    private void ReportOrphan(ToolResultBlock result, List<Block> into)
    {
        _losses.Approximate($"tool result {result.CallId}", "it answers no call before it; its content is carried as text");
        var of = result.Name is { Length: > 0 } name ? $"{name} ({result.CallId})" : result.CallId;
        into.Add(new TextBlock(JsonText.From($"[Result of the tool call {of}{(result.IsError ? ", which failed" : "")}]")));
        into.AddRange(result.Content);
        if (result.Content.Count == 0 && !result.Value.IsEmpty) into.Add(new TextBlock(JsonText.FromUtf8(result.Value.Bytes)));
        if (result.Cache is { } cache) into[^1].Cache ??= cache;
    }

    private sealed class Call(ToolCallBlock block, string id, int run)
    {
        public ToolCallBlock Block { get; } = block;

        /// <summary>The id it goes by from here on.</summary>
        public string Id { get; } = id;

        /// <summary>Which run of assistant turns it stands in.</summary>
        public int Run { get; } = run;

        public ToolResultBlock? Result { get; set; }

        /// <summary>The number of its result among all.</summary>
        public int Position { get; set; } = int.MaxValue;
    }
}
