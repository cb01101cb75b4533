using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Reads the parameters beside the messages; the legacy Completions protocol shares them.</summary>
internal static class ChatParameters
{
    /// <summary>
    /// Takes the property the reader stands on when it is one of these parameters; the reader then stands on the value's last token.
    /// </summary>
    public static bool TryRead(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
        => TryReadCommon(ref reader, body, request) || TryReadSampling(ref reader, body, request) || ChatReasoning.TryReadWish(ref reader, body, request)
            || TryReadOutput(ref reader, body, request);

    private static bool TryReadCommon(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.ValueTextEquals("model"u8))
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String) request.Model = request.Model.Length > 0 ? request.Model : reader.GetString()!;
            else if (reader.TokenType != JsonTokenType.Null) throw ChatJson.WrongType("model", "a string", JsonSlice.From(ref reader, body));
            return true;
        }

        if (reader.ValueTextEquals("stream"u8))
        {
            reader.Read();
            request.Stream = reader.BooleanOrNull() ?? request.Stream;
            return true;
        }

        if (reader.ValueTextEquals("stream_options"u8))
        {
            StreamOptions(ref reader, body, request);
            return true;
        }

        // The newer name wins, whichever comes first.
        if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_output_tokens"u8))
        {
            var limit = Whole(ref reader, body, "max_tokens");
            request.MaxOutputTokens ??= limit;
            return true;
        }

        if (reader.ValueTextEquals("max_completion_tokens"u8))
        {
            request.MaxOutputTokens = Whole(ref reader, body, "max_completion_tokens") ?? request.MaxOutputTokens;
            return true;
        }

        if (reader.ValueTextEquals("stop"u8) || reader.ValueTextEquals("stop_sequences"u8))
        {
            Stop(ChatJson.Value(ref reader, body), request.StopSequences);
            return true;
        }

        if (reader.ValueTextEquals("user"u8))
        {
            var user = ChatJson.String(ref reader);
            if (user is null) return true;
            // Both names given: the older one is the model's, the newer goes along as it stood.
            if (request.UserId is { } newer) request.Extras.Add(new(Protocol.OpenAiChat, "safety_identifier", ChatWriting.Quote(newer)));
            request.UserId = user;
            return true;
        }

        if (reader.ValueTextEquals("safety_identifier"u8))
        {
            var identifier = ChatJson.String(ref reader);
            if (identifier is null) return true;
            if (request.UserId is null) request.UserId = identifier;
            else request.Extras.Add(new(Protocol.OpenAiChat, "safety_identifier", ChatWriting.Quote(identifier)));
            return true;
        }

        if (reader.ValueTextEquals("prompt_cache_key"u8)) request.PromptCacheKey = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("service_tier"u8)) request.ServiceTier = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("verbosity"u8)) request.Verbosity = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("store"u8))
        {
            reader.Read();
            request.Store = reader.BooleanOrNull();
        }
        else if (reader.ValueTextEquals("metadata"u8))
        {
            var value = ChatJson.Value(ref reader, body);
            if (value.IsObject) request.Metadata = value;
        }
        else if (reader.ValueTextEquals("cache_control"u8)) request.Cache = ChatJson.Cache(ChatJson.Value(ref reader, body));
        else if (reader.ValueTextEquals("modalities"u8)) request.Modalities = Modalities(ChatJson.Value(ref reader, body));
        else return false;
        return true;
    }

    private static bool TryReadSampling(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        var sampling = request.Sampling;
        if (reader.ValueTextEquals("temperature"u8)) sampling.Temperature = Number(ref reader, body, "temperature");
        else if (reader.ValueTextEquals("top_p"u8)) sampling.TopP = Number(ref reader, body, "top_p");
        else if (reader.ValueTextEquals("top_k"u8)) sampling.TopK = Whole(ref reader, body, "top_k");
        else if (reader.ValueTextEquals("frequency_penalty"u8)) sampling.FrequencyPenalty = Number(ref reader, body, "frequency_penalty");
        else if (reader.ValueTextEquals("presence_penalty"u8)) sampling.PresencePenalty = Number(ref reader, body, "presence_penalty");
        else if (reader.ValueTextEquals("seed"u8))
        {
            reader.Read();
            sampling.Seed = reader.Int64OrNull();
        }
        else if (reader.ValueTextEquals("n"u8)) sampling.Candidates = Whole(ref reader, body, "n");
        else if (reader.ValueTextEquals("top_logprobs"u8)) sampling.TopLogProbs = Whole(ref reader, body, "top_logprobs");
        else if (reader.ValueTextEquals("logprobs"u8))
        {
            // Chat says true; legacy Completions says how many.
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number)
            {
                sampling.LogProbs = true;
                sampling.TopLogProbs = reader.Int32OrNull();
            }
            else
            {
                sampling.LogProbs = reader.BooleanOrNull();
            }
        }
        else if (reader.ValueTextEquals("logit_bias"u8))
        {
            var value = ChatJson.Value(ref reader, body);
            if (value.IsObject) sampling.LogitBias = value;
        }
        else return false;
        return true;
    }

    private static bool TryReadOutput(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.ValueTextEquals("response_format"u8)) ChatOutput.Read(ChatJson.Value(ref reader, body), request);
        else if (reader.ValueTextEquals("text"u8)) ChatOutput.ReadResponsesText(ChatJson.Value(ref reader, body), request);
        else return false;
        return true;
    }

    private static void StreamOptions(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("include_usage"u8))
            {
                reader.Read();
                request.IncludeUsage = reader.BooleanOrNull() ?? false;
            }
            else
            {
                ChatJson.Extra(ref reader, body, request.Extras, "stream_options.");
            }
        }
    }

    private static void Stop(JsonSlice value, List<string> stops)
    {
        if (value.IsString) Add(ChatJson.TextOf(value).ToString());
        else if (value.IsArray)
        {
            var reader = value.Read();
            reader.Read();
            while (reader.NextElement())
            {
                if (reader.TokenType != JsonTokenType.String) throw ChatJson.WrongType("stop", "a string or an array of strings", value);
                Add(reader.GetString()!);
            }
        }
        else if (!value.IsNull) throw ChatJson.WrongType("stop", "a string or an array of strings", value);

        void Add(string stop)
        {
            if (stop.Length > 0) stops.Add(stop);
        }
    }

    private static List<string>? Modalities(JsonSlice value)
    {
        if (!value.IsArray) return null;
        var list = new List<string>();
        var reader = value.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.StringOrNull() is { } word && !word.Equals("text", StringComparison.OrdinalIgnoreCase)) list.Add(word.ToLowerInvariant());
        }

        return list.Count > 0 ? list : null;
    }

    private static double? Number(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, string param)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.Number) throw ChatJson.WrongType(param, "a number", JsonSlice.From(ref reader, body));
        return reader.DoubleOrNull();
    }

    private static int? Whole(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, string param)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.Number) throw ChatJson.WrongType(param, "an integer", JsonSlice.From(ref reader, body));
        return reader.Int32OrNull();
    }
}
