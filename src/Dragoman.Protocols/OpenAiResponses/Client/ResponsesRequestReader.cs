using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>Reads the body of <c>POST /v1/responses</c>.</summary>
internal static class ResponsesRequestReader
{
    public static ConversationRequest Read(ReadOnlyMemory<byte> body, RequestTarget target)
    {
        var request = new ConversationRequest { Source = Protocol.OpenAiResponses, Model = target.Model ?? "" };
        var echo = new ResponsesEcho();
        request.Echo = echo;
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("The request body must be a JSON object.");
        JsonSlice input = default, toolChoice = default;
        var mayLackInput = false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null)) throw WireException.Invalid("'model' must be a string.", "model");
                if (reader.TokenType == JsonTokenType.String && target.Model is null) request.Model = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("input"u8)) input = Value(ref reader, body);
            else if (reader.ValueTextEquals("instructions"u8)) echo.Instructions = Value(ref reader, body);
            else if (reader.ValueTextEquals("tools"u8)) echo.Tools = Value(ref reader, body);
            else if (reader.ValueTextEquals("tool_choice"u8)) echo.ToolChoice = toolChoice = Value(ref reader, body);
            else if (reader.ValueTextEquals("parallel_tool_calls"u8))
            {
                echo.ParallelToolCalls = Value(ref reader, body);
                request.ParallelToolCalls = Boolean(echo.ParallelToolCalls);
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                request.Stream = reader.BooleanOrNull() ?? false;
            }
            else if (reader.ValueTextEquals("store"u8))
            {
                echo.Store = Value(ref reader, body);
                request.Store = Boolean(echo.Store);
            }
            else if (reader.ValueTextEquals("max_output_tokens"u8))
            {
                echo.MaxOutputTokens = Value(ref reader, body);
                if (Number(echo.MaxOutputTokens, "max_output_tokens") is not { } tokens) continue;
                if (tokens < 1) throw WireException.Invalid("'max_output_tokens' must be a positive number.", "max_output_tokens");
                request.MaxOutputTokens = (int)Math.Min(tokens, int.MaxValue);
            }
            else if (reader.ValueTextEquals("temperature"u8))
            {
                echo.Temperature = Value(ref reader, body);
                request.Sampling.Temperature = Number(echo.Temperature, "temperature");
            }
            else if (reader.ValueTextEquals("top_p"u8))
            {
                echo.TopP = Value(ref reader, body);
                request.Sampling.TopP = Number(echo.TopP, "top_p");
            }
            else if (reader.ValueTextEquals("top_logprobs"u8))
            {
                echo.TopLogProbs = Value(ref reader, body);
                request.Sampling.TopLogProbs = (int?)Number(echo.TopLogProbs, "top_logprobs") is > 0 and var top ? top : null;
            }
            else if (reader.ValueTextEquals("reasoning"u8)) ReadReasoning(echo.Reasoning = Value(ref reader, body), request);
            else if (reader.ValueTextEquals("text"u8)) ReadText(echo.Text = Value(ref reader, body), request);
            else if (reader.ValueTextEquals("include"u8)) ReadInclude(Value(ref reader, body), request, echo);
            else if (reader.ValueTextEquals("metadata"u8)) request.Metadata = echo.Metadata = Value(ref reader, body);
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                echo.ServiceTier = Value(ref reader, body);
                request.ServiceTier = String(echo.ServiceTier);
            }
            else if (reader.ValueTextEquals("prompt_cache_key"u8))
            {
                echo.PromptCacheKey = Value(ref reader, body);
                request.PromptCacheKey = String(echo.PromptCacheKey);
            }
            else if (reader.ValueTextEquals("safety_identifier"u8)) echo.SafetyIdentifier = Value(ref reader, body);
            else if (reader.ValueTextEquals("user"u8)) echo.User = Value(ref reader, body);
            else
            {
                var name = reader.GetString()!;
                var value = Value(ref reader, body);
                if (value.IsEmpty) continue;
                mayLackInput |= name is "previous_response_id" or "conversation";
                Remember(echo, name, value);
                if (name == "prompt") throw WireException.Invalid("Prompt templates ('prompt') are not supported; send 'input' and 'instructions'.", "prompt");
                // State is the gateway's to keep: it is answered, not translated, and so never lost on the way.
                if (name is not ("previous_response_id" or "conversation" or "background")) request.Extras.Add(new(Protocol.OpenAiResponses, name, value));
            }
        }

        SetUser(request, echo);
        ReadInstructions(echo.Instructions, request);
        ResponsesToolReader.ReadTools(echo.Tools, request, "tools");
        if (input.IsEmpty && !mayLackInput)
            throw WireException.Invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter");
        new ResponsesInputReader(request).Read(input);
        ResponsesToolReader.ReadChoice(toolChoice, request);
        return request;
    }

    private static JsonSlice Value(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body)
    {
        reader.Read();
        var value = JsonSlice.From(ref reader, body);
        return value.IsNull ? default : value;
    }

    private static string? String(JsonSlice value) => value.IsString ? ResponsesItem.TextOf(value).ToString() : null;

    private static bool? Boolean(JsonSlice value) => value.Bytes.Span.SequenceEqual("true"u8) ? true : value.Bytes.Span.SequenceEqual("false"u8) ? false : null;

    private static double? Number(JsonSlice value, string name)
    {
        if (value.IsEmpty) return null;
        var reader = value.Read();
        reader.Read();
        return reader.DoubleOrNull() ?? throw WireException.Invalid($"'{name}' must be a number.", name);
    }

    private static void Remember(ResponsesEcho echo, string name, JsonSlice value)
    {
        switch (name)
        {
            case "background": echo.Background = value; break;
            case "conversation": echo.Conversation = value; break;
            case "max_tool_calls": echo.MaxToolCalls = value; break;
            case "previous_response_id": echo.PreviousResponseId = value; break;
            case "prompt_cache_retention": echo.PromptCacheRetention = value; break;
            case "truncation": echo.Truncation = value; break;
        }
    }

    private static void SetUser(ConversationRequest request, ResponsesEcho echo)
    {
        request.UserId = String(echo.SafetyIdentifier) ?? String(echo.User);
        // Two names for one person, and only one place in the model: the older one rides along.
        if (!echo.SafetyIdentifier.IsEmpty && !echo.User.IsEmpty) request.Extras.Add(new(Protocol.OpenAiResponses, "user", echo.User));
    }

    private static void ReadInstructions(JsonSlice instructions, ConversationRequest request)
    {
        if (instructions.IsEmpty) return;
        if (instructions.IsString)
        {
            var text = ResponsesItem.TextOf(instructions);
            if (!text.IsEmpty) request.System.Add(new TextBlock(text));
            return;
        }

        // A list of items stands for developer messages at the front.
        if (!instructions.IsArray) throw WireException.Invalid("'instructions' must be a string.", "instructions");
        new ResponsesInputReader(request, "instructions").Read(instructions);
    }

    private static void ReadReasoning(JsonSlice value, ConversationRequest request)
    {
        if (value.IsEmpty) return;
        if (!value.IsObject) throw WireException.Invalid("'reasoning' must be an object.", "reasoning");
        var options = request.Reasoning ??= new();
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "effort":
                    options.Effort = reader.StringOrNull();
                    if (options.Effort == "none") options.Mode = ReasoningMode.Off;
                    break;
                case "summary":
                    options.Summary = reader.StringOrNull() ?? options.Summary;
                    break;
                case "generate_summary":
                    options.Summary ??= reader.StringOrNull();
                    break;
                default:
                    if (reader.TokenType != JsonTokenType.Null)
                        request.Extras.Add(new(Protocol.OpenAiResponses, $"reasoning.{name}", JsonSlice.From(ref reader, value.Bytes)));
                    break;
            }
        }

        if (options.Summary is not null) options.Visible = options.Summary != "none";
    }

    private static void ReadText(JsonSlice value, ConversationRequest request)
    {
        if (value.IsEmpty) return;
        if (!value.IsObject) throw WireException.Invalid("'text' must be an object.", "text");
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("format"u8))
            {
                reader.Read();
                request.Output = ReadFormat(JsonSlice.From(ref reader, value.Bytes), request);
            }
            else if (reader.ValueTextEquals("verbosity"u8))
            {
                reader.Read();
                request.Verbosity = reader.StringOrNull();
            }
            else
            {
                var name = reader.GetString();
                reader.Read();
                request.Extras.Add(new(Protocol.OpenAiResponses, $"text.{name}", JsonSlice.From(ref reader, value.Bytes)));
            }
        }
    }

    private static OutputFormat? ReadFormat(JsonSlice value, ConversationRequest request)
    {
        if (!value.IsObject) return null;
        string? type = null, name = null, description = null;
        bool? strict = null;
        JsonSlice schema = default;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var property = reader.GetString();
            reader.Read();
            switch (property)
            {
                case "type": type = reader.StringOrNull(); break;
                case "name": name = reader.StringOrNull(); break;
                case "description": description = reader.StringOrNull(); break;
                case "strict": strict = reader.BooleanOrNull(); break;
                case "schema": schema = JsonSlice.From(ref reader, value.Bytes); break;
                default: request.Extras.Add(new(Protocol.OpenAiResponses, $"text.format.{property}", JsonSlice.From(ref reader, value.Bytes))); break;
            }
        }

        switch (type)
        {
            case "json_object": return new() { Kind = OutputKind.Json };
            case "json_schema":
                if (!schema.IsObject) throw WireException.Invalid("'text.format.schema' must be an object.", "text.format.schema");
                return new() { Kind = OutputKind.JsonSchema, Name = name, Description = description, Strict = strict, Schema = schema };
            default: return new() { Kind = OutputKind.Text };
        }
    }

    private static void ReadInclude(JsonSlice value, ConversationRequest request, ResponsesEcho echo)
    {
        if (!value.IsArray) return;
        var others = false;
        var reader = value.Read();
        reader.Read();
        while (reader.NextElement())
        {
            switch (reader.StringOrNull())
            {
                case null: break;
                case "reasoning.encrypted_content":
                    (request.Reasoning ??= new()).IncludeEncrypted = true;
                    break;
                case "web_search_call.action.sources":
                    echo.IncludesSources = true;
                    others = true;
                    break;
                case "message.output_text.logprobs":
                    request.Sampling.LogProbs = true;
                    break;
                default:
                    others = true;
                    break;
            }
        }

        if (others) request.Extras.Add(new(Protocol.OpenAiResponses, "include", value));
    }
}
