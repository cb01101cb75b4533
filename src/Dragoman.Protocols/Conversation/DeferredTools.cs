using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Deferred tools: declared by the client, but shown to the model only once a search of the client's has found them. An upstream that does
/// not know deferring gets what its model would see: the tools that are not deferred, and behind them those that were found, in the order in
/// which they were found, so that the prompt's head changes only when something was found. What a search found is reported in words in its
/// result. Where no tool can search, nobody could ever find the others, and all are declared.
/// </summary>
internal static class DeferredTools
{
    /// <summary>The request for an upstream that does not know deferring; the same where nothing is deferred.</summary>
    public static ConversationRequest Apply(ConversationRequest request, List<Turn> turns, Losses losses)
    {
        if (!request.Tools.Exists(static tool => tool.IsDeferred || tool.HostedKind == HostedTools.ToolSearch) && !turns.Exists(static turn => turn.Blocks.Exists(HasReference)))
        {
            return ReferenceEquals(turns, request.Turns) ? request : request.With(turns, request.Tools);
        }

        var tools = Declared(request, turns, losses);
        return request.With(WithNotice(turns, request, tools), tools);
    }

    /// <summary>Whether the tool finds others, as the client runs it: Responses' <c>tool_search</c>, or a function whose name says so (Claude Code's <c>ToolSearch</c>).</summary>
    public static bool IsSearch(Tool tool)
    {
        if (tool.Kind == ToolKind.Hosted || tool.IsDeferred) return false;
        if (tool.HostedKind == HostedTools.ToolSearch) return true;
        return ContainsText(tool.Name, "tool") && (ContainsText(tool.Name, "search") || ContainsText(tool.Name, "find") || ContainsText(tool.Name, "discover") || ContainsText(tool.Name, "lookup") || ContainsText(tool.Name, "load"));
    }

    /// <summary>The tool of the client's that searches, or null: by its name, or because its results have found tools before.</summary>
    public static Tool? SearchOf(ConversationRequest request, List<Turn> turns)
    {
        if (request.Tools.Find(IsSearch) is { } named) return named;
        foreach (var turn in turns)
        {
            foreach (var block in turn.Blocks)
            {
                if (block is ToolResultBlock { Name: { } name } result && HasReference(result) && request.FindTool(name) is { IsDeferred: false, Kind: not ToolKind.Hosted } tool) return tool;
            }
        }

        return null;
    }

    /// <summary>The tools that the model sees: without those that are deferred and not found yet.</summary>
    public static List<Tool> Shown(ConversationRequest request)
        => request.Tools.Exists(static tool => tool.IsDeferred) ? Declared(request, request.Turns, new Losses()) : request.Tools;

    /// <summary>The names that results of searches refer to.</summary>
    public static HashSet<string> Referred(List<Turn> turns)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in turns.SelectMany(static turn => turn.Blocks).OfType<ToolResultBlock>().SelectMany(static result => result.Content))
        {
            if (part is ToolReferenceBlock reference) names.Add(reference.Name);
        }

        return names;
    }

    private static List<Tool> Declared(ConversationRequest request, List<Turn> turns, Losses losses)
    {
        var searchable = SearchOf(request, turns) is not null;
        var declared = new List<Tool>(request.Tools.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in request.Tools)
        {
            if ((searchable && tool.IsDeferred) || tool.IsFound) continue;
            if (tool.Kind != ToolKind.Hosted && !names.Add(tool.Name)) continue;
            if (tool.IsDeferred) declared.Add(Loaded(tool, request, losses));
            else declared.Add(tool.HostedKind == HostedTools.ToolSearch ? tool.Loaded() : tool);
        }

        foreach (var name in FoundIn(turns))
        {
            if (request.FindTool(name) is { IsDeferred: true } tool && names.Add(name)) declared.Add(Loaded(tool, request, losses));
        }

        // A tool that is asked for by name cannot wait to be found.
        if (request.ToolChoice is { Mode: ToolChoiceMode.Named, Name: { } forced } && request.FindTool(forced) is { IsDeferred: true } wanted && names.Add(forced)) declared.Add(Loaded(wanted, request, losses));
        var hidden = request.Tools.Count(tool => tool.IsDeferred && !names.Contains(tool.Name));
        if (hidden > 0) losses.Approximate("tools", $"the upstream knows no deferred tools: {hidden} that no search has found yet are not declared");
        return declared;
    }

    private static Tool Loaded(Tool tool, ConversationRequest request, Losses losses)
    {
        losses.Drop($"tools[{request.Tools.IndexOf(tool)}].defer_loading", "the upstream knows no deferred tools; this one is declared");
        return tool.Loaded();
    }

    /// <summary>The names that searches found, and those of calls that were made: a client may have shortened what came before them.</summary>
    private static IEnumerable<string> FoundIn(List<Turn> turns)
    {
        foreach (var block in turns.SelectMany(static turn => turn.Blocks))
        {
            if (block is ToolCallBlock call) yield return call.Name;
            else if (block is ToolReferenceBlock one) yield return one.Name;
            else if (block is HostedToolResultBlock { FoundTools: { } hosted })
            {
                foreach (var name in hosted) yield return name;
            }
            else if (block is ToolResultBlock result)
            {
                foreach (var part in result.Content)
                {
                    if (part is ToolReferenceBlock reference) yield return reference.Name;
                }
            }
        }
    }

    /// <summary>The turns with words in the place of references.</summary>
    private static List<Turn> WithNotice(List<Turn> turns, ConversationRequest request, List<Tool> declared)
    {
        var search = SearchOf(request, turns)?.Name;
        List<Turn>? changed = null;
        for (var i = 0; i < turns.Count; i++)
        {
            if (!turns[i].Blocks.Exists(block => HasReference(block) || IsEmptyAnswer(block, search))) continue;
            var copy = new Turn(turns[i].Role) { Name = turns[i].Name, Extras = turns[i].Extras };
            foreach (var block in turns[i].Blocks)
            {
                if (block is ToolResultBlock result && (HasReference(result) || IsEmptyAnswer(result, search))) copy.Blocks.Add(WithNotice(result, declared));
                else if (block is ToolReferenceBlock reference) copy.Blocks.Add(NoticeText([reference.Name], declared));
                else copy.Blocks.Add(block);
            }

            (changed ??= [.. turns])[i] = copy;
        }

        return changed ?? turns;
    }

    private static ToolResultBlock WithNotice(ToolResultBlock result, List<Tool> declared)
    {
        var content = result.Content.FindAll(static part => part is not ToolReferenceBlock);
        var found = result.Content.OfType<ToolReferenceBlock>().Select(static part => part.Name).ToList();
        content.Add(NoticeText(found, declared));
        return new ToolResultBlock(result.CallId, content)
        {
            Name = result.Name, IsError = result.IsError, IsCustom = result.IsCustom, Cache = result.Cache, Extras = result.Extras, PartSignature = result.PartSignature,
        };
    }

    private static TextBlock NoticeText(List<string> found, List<Tool> declared)
    {
        if (found.Count == 0) return new TextBlock(JsonText.From("No tools were found."));
        var loaded = found.FindAll(name => declared.Exists(tool => tool.Name == name));
        var gone = found.FindAll(name => !loaded.Contains(name));
        var words = loaded.Count == 0 ? "" : $"These tools are loaded and can be called now: {string.Join(", ", loaded)}.";
        if (gone.Count > 0) words += $"{(words.Length == 0 ? "" : " ")}These were found but are not available: {string.Join(", ", gone)}.";
        return new TextBlock(JsonText.From(words));
    }

    private static bool HasReference(Block block)
        => block is ToolReferenceBlock || (block is ToolResultBlock result && result.Content.Exists(static part => part is ToolReferenceBlock));

    private static bool IsEmptyAnswer(Block block, string? search)
        => search is not null && block is ToolResultBlock { IsError: false, Content.Count: 0, Value.IsEmpty: true } result && result.Name == search;

    private static bool ContainsText(string name, string word) => name.Contains(word, StringComparison.OrdinalIgnoreCase);
}
