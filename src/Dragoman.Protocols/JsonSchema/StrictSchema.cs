using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>A schema made to fit what a provider binds its model to, or the reason why it cannot be.</summary>
internal readonly record struct StrictSchema
{
    /// <summary>The schema to send where it fits; the source's own bytes where nothing had to change.</summary>
    public JsonSlice Schema { get; private init; }

    /// <summary>Why the schema cannot be bound to; null where it can.</summary>
    public string? Unfit { get; private init; }

    /// <summary>What the schema says in words only, and what it lost. Paths begin behind the schema's own.</summary>
    public IReadOnlyList<Loss> Losses { get; private init; }

    /// <summary>How many properties may be left out.</summary>
    public int Optional { get; private init; }

    /// <summary>How many schemas have alternatives.</summary>
    public int Unions { get; private init; }

    /// <summary>Whether the schema can be bound to with nothing lost.</summary>
    public bool FitsWhole => Unfit is null && Losses.Count == 0;

    /// <summary>Makes a schema fit the rules. The same schema always gives the same bytes, so prompt caches survive.</summary>
    public static StrictSchema Create(JsonSlice schema, StrictRules rules)
    {
        var key = SchemaCache.Key.Create(schema, rules.Dialect, mustBeObject: false);
        var entry = SchemaCache.Find(schema, key);
        if (entry is null)
        {
            entry = Make(schema, rules);
            SchemaCache.Add(key, entry);
        }

        return new()
        {
            Schema = entry.Result.IsEmpty ? schema : entry.Result,
            Unfit = entry.Unfit,
            Losses = entry.Losses,
            Optional = entry.Optional,
            Unions = entry.Unions,
        };
    }

    /// <summary>Tells what was lost.</summary>
    public void Report(Losses losses, string path)
    {
        foreach (var loss in Losses) losses.Add(loss with { Path = path + loss.Path });
    }

    private static SchemaCache.Entry Make(JsonSlice schema, StrictRules rules)
    {
        var source = schema.Bytes.ToArray();
        try
        {
            if (SchemaTree.Parse(schema) is not { } tree) return new(source, default, []) { Unfit = "it is no object" };
            var rewriter = new StrictRewriter(tree, rules);
            var made = rewriter.Rewrite();
            var losses = new Losses();
            rewriter.Report(losses);
            var same = System.Text.Json.Nodes.JsonNode.DeepEquals(made, tree);
            return new(source, same ? default : SchemaTree.Write(made), losses.Items) { Unfit = rewriter.Unfit, Optional = rewriter.Optional, Unions = rewriter.Unions };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new(source, default, []) { Unfit = "it cannot be read" };
        }
    }
}
