using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// Brings a tool's or an answer's JSON Schema into what an upstream takes. A schema that fits already comes back as the very bytes it
/// was; the same schema always gives the same bytes, so prompt caches survive.
/// </summary>
/// <remarks>
/// A union at the root of what must be an object is folded first (<see cref="RootUnion"/>). References are put in their place (a cycle becomes
/// a plain object that names what it stands for), <c>allOf</c> is merged, constraints
/// that the upstream does not know are said in the description where words help the model, and the rest is reported as lost. A property
/// that is merely <em>named</em> like a keyword is a property: the cleaner knows by position.
/// </remarks>
public static class SchemaCleaner
{
    /// <summary>Cleans one schema, whose root describes an object.</summary>
    /// <param name="schema">The schema; anything but an object gives the schema of any object.</param>
    /// <param name="dialect">What the upstream takes.</param>
    /// <param name="losses">Receives what could not be carried.</param>
    /// <param name="path">Where the schema stands in the request.</param>
    public static JsonSlice Clean(JsonSlice schema, SchemaDialect dialect, Losses losses, string path)
        => Clean(schema, dialect, losses, path, mustBeObject: true);

    /// <summary>Cleans one schema; the root of an answer's schema may be of any type, a tool's parameters must be an object.</summary>
    public static JsonSlice Clean(JsonSlice schema, SchemaDialect dialect, Losses losses, string path, bool mustBeObject)
    {
        if (mustBeObject) schema = RootUnion.Fold(schema, losses, path);
        var key = SchemaCache.Key.Create(schema, dialect, mustBeObject);
        var entry = SchemaCache.Find(schema, key);
        if (entry is null)
        {
            entry = Clean(schema, dialect, mustBeObject);
            SchemaCache.Add(key, entry);
        }

        foreach (var loss in entry.Losses) losses.Add(loss with { Path = path + loss.Path });
        return entry.Result.IsEmpty ? schema : entry.Result;
    }

    private static SchemaCache.Entry Clean(JsonSlice schema, SchemaDialect dialect, bool mustBeObject)
    {
        using var output = new PooledBuffer(Math.Max(256, schema.Bytes.Length + 128));
        var writer = JsonWriting.Rent(output);
        var rewriter = new SchemaRewriter(schema, dialect, writer, mustBeObject);
        rewriter.WriteRoot();
        JsonWriting.Return(writer);
        var source = schema.Bytes.ToArray();
        if (!rewriter.Changed) return new(source, default, []);
        var losses = new Losses();
        rewriter.Report(losses, path: "");
        return new(source, new JsonSlice(output.WrittenMemory).Detach(), losses.Items);
    }
}
