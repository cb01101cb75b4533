using System.Text.Json;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Requests;

/// <summary>The few facts of a request body that routing needs, found by one forward skim.</summary>
/// <remarks>Every member it reads must stand once and be spelled exactly, so that no upstream reads another value (see <see cref="DecidingMembers"/>).</remarks>
public sealed class RequestEnvelope
{
    private Member _seen;

    /// <summary>The model named in the body, or null.</summary>
    public string? Model { get; private set; }

    /// <summary>Where the model's value (quotes included) stands in the body; empty when it is not there.</summary>
    public Range ModelValue { get; private set; }

    /// <summary>
    /// Models that an upstream may turn to instead (<c>models</c> of OpenRouter, <c>fallbacks</c> of LiteLLM): the caller must be allowed every one.
    /// </summary>
    public IReadOnlyList<string> OtherModels { get; private set; } = [];

    /// <summary>Whether <c>stream</c> is <c>true</c>.</summary>
    public bool Stream { get; private set; }

    /// <summary>Chat's <c>stream_options</c>: where its value stands; empty when it is not there.</summary>
    public Range StreamOptionsValue { get; private set; }

    /// <summary>Whether <c>stream_options.include_usage</c> is true.</summary>
    public bool IncludeUsage { get; private set; }

    /// <summary><c>prompt_cache_key</c>, or null.</summary>
    public string? PromptCacheKey { get; private set; }

    /// <summary><c>previous_response_id</c>, or null.</summary>
    public string? PreviousResponseId { get; private set; }

    /// <summary>Whether the body names a <c>conversation</c> (Responses).</summary>
    public bool HasConversation { get; private set; }

    /// <summary>Whether the body continues a conversation that the upstream holds (<c>thread</c> of Messages with a <c>previous_message_id</c>).</summary>
    public bool ContinuesThread { get; private set; }

    /// <summary><c>metadata.user_id</c> (Messages), or null.</summary>
    public string? MetadataUserId { get; private set; }

    /// <summary>Whether <c>background</c> is <c>true</c> (Responses).</summary>
    public bool Background { get; private set; }

    /// <summary>Whether <c>store</c> is <c>false</c> (Responses).</summary>
    public bool StoreOff { get; private set; }

    /// <summary>Whether the body names a <c>messages</c> array.</summary>
    public bool HasMessages => (_seen & Member.Messages) != Member.None;

    /// <summary>The most tokens of output asked for (<c>max_tokens</c>, <c>max_completion_tokens</c>, <c>max_output_tokens</c>, <c>maxOutputTokens</c>; the largest of them), or null.</summary>
    public long? MaxOutput { get; private set; }

    /// <summary>How many answers are asked for (<c>n</c>, <c>best_of</c>, <c>candidateCount</c>, a list of prompts); each may be as long as <see cref="MaxOutput"/> says.</summary>
    public int Answers { get; private set; } = 1;

    /// <summary>Where the system text stands (<c>system</c>, <c>instructions</c>, <c>systemInstruction</c>), for the session's hash.</summary>
    public Range SystemValue { get; private set; }

    /// <summary>Where <c>tool_choice</c> stands; empty when it is not there.</summary>
    public Range ToolChoiceValue { get; private set; }

    /// <summary>Where the conversation stands (<c>messages</c>, <c>input</c>, <c>contents</c>), for the session's hash.</summary>
    public Range TurnsValue { get; private set; }

    /// <summary>What the body wishes beside its answer; nothing is decided by it.</summary>
    public RequestWishes Wishes { get; private set; } = RequestWishes.None;

    /// <summary>Where <c>input</c> (Responses) stands; empty when it is not there.</summary>
    public Range InputValue { get; private set; }

    /// <summary>Skims a body.</summary>
    /// <exception cref="WireException">The body is not a JSON object, nests deeper than <see cref="TopLevelJsonScanner.MaxDepth"/>, or can be read in two ways.</exception>
    public static RequestEnvelope Read(ReadOnlySpan<byte> body)
    {
        var head = new RequestEnvelope();
        var skim = new TopLevelJsonScanner(body);
        var prompts = 1;
        var answers = 1;
        while (skim.Next()) head.Take(ref skim, ref answers, ref prompts);
        if (skim.TooDeep) throw WireException.Invalid($"The request body nests deeper than {TopLevelJsonScanner.MaxDepth} levels.", code: "body_too_deep");
        if (skim.Broken) throw WireException.Invalid(Explain(body), code: "invalid_json");
        head.Answers = Math.Min(answers * prompts, RequestMembers.MostAnswers);
        return head;
    }

    private void Take(ref TopLevelJsonScanner skim, ref int answers, ref int prompts)
    {
        var member = MemberOf(skim.Name);
        if (member == Member.None)
        {
            // Read to be repaired, not to decide by.
            if (skim.Name.SequenceEqual("tool_choice"u8)) ToolChoiceValue = skim.ValueStart..skim.ValueEnd;
            else DecidingMembers.RefuseVariant(skim.Name);
            Wishes = Wishes.With(skim.Name, skim.Value);
            return;
        }

        if ((_seen & member) != Member.None) throw DecidingMembers.Repeated(skim.Name);
        _seen |= member;
        var range = skim.ValueStart..skim.ValueEnd;
        var value = skim.Value;
        switch (member)
        {
            case Member.Model:
                Model = RequestMembers.Text(value);
                if (Model is not null) ModelValue = range;
                break;
            case Member.Models or Member.Fallbacks:
                OtherModels = [.. OtherModels, .. RequestMembers.GetStrings(value)];
                break;
            case Member.Stream:
                Stream = RequestMembers.GetBool(value, "stream") is true;
                break;
            case Member.StreamOptions:
                StreamOptionsValue = range;
                IncludeUsage = RequestMembers.Only(value, "include_usage"u8).SequenceEqual("true"u8);
                break;
            case Member.PromptCacheKey:
                PromptCacheKey = RequestMembers.Text(value);
                break;
            case Member.PreviousResponseId:
                PreviousResponseId = RequestMembers.Text(value);
                break;
            case Member.Conversation:
                HasConversation = !value.SequenceEqual("null"u8);
                _ = RequestMembers.Only(value, "id"u8);
                break;
            case Member.Thread:
                ContinuesThread = RequestMembers.Text(RequestMembers.Only(value, "type"u8)) == "continue" | !RequestMembers.Only(value, "previous_message_id"u8).IsEmpty;
                break;
            case Member.Metadata:
                var user = RequestMembers.Only(value, "user_id"u8, variants: true);
                MetadataUserId = user.IsEmpty ? null : RequestMembers.Text(user) ?? System.Text.Encoding.UTF8.GetString(user);
                break;
            case Member.Background:
                Background = RequestMembers.GetBool(value, "background") is true;
                break;
            case Member.Store:
                StoreOff = RequestMembers.GetBool(value, "store") is false;
                break;
            case Member.System or Member.Instructions or Member.SystemInstruction:
                SystemValue = range;
                break;
            case Member.MaxTokens or Member.MaxCompletionTokens or Member.MaxOutputTokens:
                TakeMost(value);
                break;
            case Member.GenerationConfig:
                Wishes = Wishes.With(skim.Name, value);
                TakeMost(RequestMembers.Only(value, "maxOutputTokens"u8, "max_output_tokens"u8));
                answers = Math.Max(answers, RequestMembers.Count(RequestMembers.Only(value, "candidateCount"u8, "candidate_count"u8)));
                break;
            case Member.N or Member.BestOf:
                answers = Math.Max(answers, RequestMembers.Count(value));
                break;
            case Member.Prompt:
                prompts = RequestMembers.Prompts(value);
                break;
            case Member.Input:
                InputValue = TurnsValue = range;
                break;
            case Member.Messages or Member.Contents:
                TurnsValue = range;
                break;
        }
    }

    private void TakeMost(ReadOnlySpan<byte> value)
    {
        if (RequestMembers.Number(value) is { } most && !(MaxOutput >= most)) MaxOutput = most;
    }

    private static Member MemberOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("model"u8) => Member.Model,
        _ when name.SequenceEqual("models"u8) => Member.Models,
        _ when name.SequenceEqual("fallbacks"u8) => Member.Fallbacks,
        _ when name.SequenceEqual("stream"u8) => Member.Stream,
        _ when name.SequenceEqual("stream_options"u8) => Member.StreamOptions,
        _ when name.SequenceEqual("prompt_cache_key"u8) => Member.PromptCacheKey,
        _ when name.SequenceEqual("previous_response_id"u8) => Member.PreviousResponseId,
        _ when name.SequenceEqual("conversation"u8) => Member.Conversation,
        _ when name.SequenceEqual("thread"u8) => Member.Thread,
        _ when name.SequenceEqual("metadata"u8) => Member.Metadata,
        _ when name.SequenceEqual("background"u8) => Member.Background,
        _ when name.SequenceEqual("store"u8) => Member.Store,
        _ when name.SequenceEqual("system"u8) => Member.System,
        _ when name.SequenceEqual("instructions"u8) => Member.Instructions,
        _ when name.SequenceEqual("systemInstruction"u8) || name.SequenceEqual("system_instruction"u8) => Member.SystemInstruction,
        _ when name.SequenceEqual("max_tokens"u8) => Member.MaxTokens,
        _ when name.SequenceEqual("max_completion_tokens"u8) => Member.MaxCompletionTokens,
        _ when name.SequenceEqual("max_output_tokens"u8) => Member.MaxOutputTokens,
        _ when name.SequenceEqual("generationConfig"u8) || name.SequenceEqual("generation_config"u8) => Member.GenerationConfig,
        _ when name.SequenceEqual("n"u8) => Member.N,
        _ when name.SequenceEqual("best_of"u8) => Member.BestOf,
        _ when name.SequenceEqual("messages"u8) => Member.Messages,
        _ when name.SequenceEqual("input"u8) => Member.Input,
        _ when name.SequenceEqual("contents"u8) => Member.Contents,
        _ when name.SequenceEqual("prompt"u8) => Member.Prompt,
        // What a frame on a socket is, and what it asks for.
        _ when name.SequenceEqual("type"u8) => Member.Type,
        _ when name.SequenceEqual("generate"u8) => Member.Generate,
        _ when name.SequenceEqual("stream_id"u8) => Member.StreamId,
        _ => Member.None,
    };

    /// <summary>What is wrong with a body as JSON, and where; null when nothing is. The slow way, for people, after something else has failed.</summary>
    internal static string? FindProblem(ReadOnlySpan<byte> body)
    {
        var words = Explain(body);
        return ReferenceEquals(words, Sound) ? null : words;
    }

    private const string Sound = "The request body is not valid JSON.";

    private static string Explain(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return "The request body is empty; a JSON object is expected.";
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = TopLevelJsonScanner.MaxDepth + 8 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return "The request body is not a JSON object.";
            while (reader.Read())
            {
            }

            return Sound;
        }
        catch (JsonException ex)
        {
            return $"The request body is not valid JSON (line {ex.LineNumber + 1}, byte {ex.BytePositionInLine + 1}).";
        }
    }

    /// <summary>A deciding member; two spellings of one (snake and camel case, both of which Google reads) are the same.</summary>
    [Flags]
    private enum Member : uint
    {
        None = 0,
        Model = 1,
        Models = 1 << 1,
        Fallbacks = 1 << 2,
        Stream = 1 << 3,
        StreamOptions = 1 << 4,
        PromptCacheKey = 1 << 5,
        PreviousResponseId = 1 << 6,
        Conversation = 1 << 7,
        Thread = 1 << 8,
        Metadata = 1 << 9,
        Background = 1 << 10,
        Store = 1 << 11,
        System = 1 << 12,
        Instructions = 1 << 13,
        SystemInstruction = 1 << 14,
        MaxTokens = 1 << 15,
        MaxCompletionTokens = 1 << 16,
        MaxOutputTokens = 1 << 17,
        GenerationConfig = 1 << 18,
        N = 1 << 19,
        BestOf = 1 << 20,
        Messages = 1 << 21,
        Input = 1 << 22,
        Contents = 1 << 23,
        Prompt = 1 << 24,
        Type = 1 << 25,
        Generate = 1 << 26,
        StreamId = 1 << 27,
    }
}
