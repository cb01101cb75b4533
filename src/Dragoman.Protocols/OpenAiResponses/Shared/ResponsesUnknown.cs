using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Members that this folder does not know, kept as extras: a target of this protocol gets them back, any other reports them.</summary>
internal static class ResponsesUnknown
{
    /// <summary>Adds one.</summary>
    public static void Add(ref List<Extra>? extras, string name, JsonSlice value)
    {
        if (!value.IsNull) (extras ??= []).Add(new(Protocol.OpenAiResponses, name, value));
    }

    /// <summary>Adds those members of an object that are not among the known ones, under names that begin with <paramref name="prefix"/>.</summary>
    public static void AddOf(ref List<Extra>? extras, JsonSlice value, string prefix, params ReadOnlySpan<string> known)
    {
        if (!value.IsObject) return;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString()!;
            reader.Read();
            if (known.Contains(name)) reader.Skip();
            else Add(ref extras, prefix + name, JsonSlice.From(ref reader, value.Bytes));
        }
    }

    /// <summary>The same for every object in a list.</summary>
    public static void AddOfEach(ref List<Extra>? extras, JsonSlice list, string prefix, params ReadOnlySpan<string> known)
    {
        if (!list.IsArray) return;
        var reader = list.Read();
        reader.Read();
        while (reader.NextElement()) AddOf(ref extras, JsonSlice.From(ref reader, list.Bytes), prefix, known);
    }
}
