using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>
/// Writes turns as <c>input</c> items. Items carry no ids: the upstream keeps nothing, and answers 404 to an id that it did not make.
/// </summary>
internal sealed partial class ResponsesInputWriter(TranslationContext exchange, Utf8JsonWriter json)
{
    /// <summary>What stands before the names of a block's extras that belong to its message.</summary>
    public const string OfMessage = "message.";

    private readonly ResponsesCallIds _ids = new(exchange.Request);
    private readonly Tool? _search = ResponsesDeferral.ForeignSearch(exchange);
    private readonly ResponsesPartWriter _partWriter = new(exchange, json);
    private bool _messageOpen;
    private string? _phase;

    public void Write()
    {
        json.WriteStartArray("input"u8);
        WriteSystemRest();
        WriteJsonWord();
        var turns = exchange.Request.Turns;
        for (var index = 0; index < turns.Count; index++) WriteTurn(turns, index);
        json.WriteEndArray();
    }

    private static ReadOnlySpan<byte> RoleOf(Role role) => role switch
    {
        Role.Assistant => "assistant"u8,
        Role.User => "user"u8,
        // Both words name the operator, and only this one is taken by all hosts.
        _ => "developer"u8,
    };

    /// <summary>System content that <c>instructions</c> cannot hold.</summary>
    private void WriteSystemRest()
    {
        foreach (var block in exchange.Request.System)
        {
            if (block is not TextBlock) WritePart(block, Role.Developer);
            NoteCache(block);
        }

        CloseMessage();
    }

    /// <summary>OpenAI refuses JSON mode where no item says "JSON": its own clients know, Gemini's do not have to.</summary>
    private void WriteJsonWord()
    {
        if (exchange.Request is not { Output.Kind: OutputKind.Json, Source: Protocol.Gemini }) return;
        WritePart(new TextBlock(JsonText.From("Answer in JSON.")), Role.Developer);
        CloseMessage();
    }

    private void WriteTurn(List<Turn> turns, int index)
    {
        var turn = turns[index];
        exchange.Losses.DropForeign(turn.Extras, Protocol.OpenAiResponses, $"input[{index}]");
        if (turn.Name is not null) exchange.Losses.Drop($"input[{index}].name", "messages have no names in this protocol");
        var before = json.BytesCommitted + json.BytesPending;
        for (var place = 0; place < turn.Blocks.Count; place++)
        {
            var block = turn.Blocks[place];
            NoteCache(block);
            exchange.Losses.DropForeign(block.Extras, Protocol.OpenAiResponses, $"input[{index}].content[{place}]");
            switch (block)
            {
                case ToolCallBlock call: WriteCall(call); break;
                case ToolResultBlock result: WriteResult(result); break;
                case ReasoningBlock reasoning: WriteReasoning(reasoning, HasSequel(turns, index, place)); break;
                case HostedToolCallBlock { Origin: Protocol.OpenAiResponses, Raw.IsEmpty: false } hosted: WriteRaw(hosted.Raw, withoutId: hosted.Tool == HostedTools.WebSearch); break;
                case HostedToolResultBlock { Origin: Protocol.OpenAiResponses }: break;
                case HostedToolCallBlock hosted: exchange.Losses.Drop($"input.{hosted.Tool}", "the use of another provider's hosted tool cannot be sent"); break;
                case HostedToolResultBlock hosted: exchange.Losses.Drop($"input.{hosted.Tool}_result", "the result of another provider's hosted tool cannot be sent"); break;
                case OpaqueBlock { Origin: Protocol.OpenAiResponses } opaque when !IsPart(opaque.Type): WriteRaw(opaque.Raw, withoutId: false); break;
                case ImageBlock image when turn.Role == Role.Assistant: WriteGenerated(image); break;
                default: WritePart(block, turn.Role); break;
            }
        }

        if (turn is { Role: Role.User, Blocks.Count: > 0 } && json.BytesCommitted + json.BytesPending == before)
        {
            exchange.Losses.Approximate($"input[{index}]", "nothing of the turn could be carried; a placeholder stands for it");
            WritePart(new TextBlock(JsonText.From(ConversationPreparation.Empty)), Role.User);
        }

        CloseMessage();
    }

    private static bool IsPart(string type) => type.StartsWith("input_", StringComparison.Ordinal) || type.StartsWith("output_", StringComparison.Ordinal);

    private void NoteCache(Block block)
    {
        if (block.Cache is not null) exchange.Losses.Drop("cache_control", "prompts are cached automatically");
        if (!block.PartSignature.IsEmpty) exchange.Losses.Drop("input.signature", "a token of another family of models says nothing to this one");
    }

    /// <summary>Whether more of the assistant follows: reasoning without anything after it is refused.</summary>
    private static bool HasSequel(List<Turn> turns, int index, int place)
    {
        for (; index < turns.Count && turns[index].Role == Role.Assistant; index++, place = -1)
        {
            for (var next = place + 1; next < turns[index].Blocks.Count; next++)
            {
                if (turns[index].Blocks[next] is not ReasoningBlock and not HostedToolResultBlock) return true;
            }
        }

        return false;
    }

    private void WritePart(Block block, Role role)
    {
        if (!_partWriter.CanWrite(block, role)) return;
        var phase = PhaseOf(block);
        if (_messageOpen && phase != _phase) CloseMessage();
        if (!_messageOpen)
        {
            _messageOpen = true;
            _phase = phase;
            json.WriteStartObject();
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, RoleOf(role));
            if (phase is not null) json.WriteString("phase"u8, phase);
            WriteExtras(block.Extras, OfMessage);
            json.WriteStartArray("content"u8);
        }

        _partWriter.Write(block, role);
    }

    /// <summary>Gives back what this protocol's own client said beside what is known; all of it that stands under <paramref name="prefix"/>.</summary>
    private void WriteExtras(List<Extra>? extras, string prefix = "")
    {
        foreach (var extra in extras ?? [])
        {
            if (extra.Protocol != Protocol.OpenAiResponses || !extra.Name.StartsWith(prefix, StringComparison.Ordinal) || extra.Name is "namespace" or "phase") continue;
            var name = extra.Name.AsSpan(prefix.Length);
            if (name.Contains('.'))
            {
                if (prefix.Length == 0) exchange.Losses.Drop("input." + extra.Name, "not given back inside a list");
                continue;
            }

            json.WritePropertyName(name);
            extra.Value.WriteTo(json);
        }
    }

    private static string? PhaseOf(Block block)
    {
        foreach (var extra in block.Extras ?? [])
        {
            if (extra is { Protocol: Protocol.OpenAiResponses, Name: "phase" }) return ResponsesItem.TextOf(extra.Value).ToString();
        }

        return null;
    }

    private void CloseMessage()
    {
        if (!_messageOpen) return;
        _messageOpen = false;
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteReasoning(ReasoningBlock reasoning, bool hasSequel)
    {
        CloseMessage();
        var family = exchange.Model.EffectiveFamily;
        if (reasoning.Signature.IsEmpty || reasoning.Family != family)
        {
            exchange.Losses.Drop("input.reasoning", "only the family of models that made reasoning can read it again");
            return;
        }

        if (!hasSequel)
        {
            exchange.Losses.Drop("input.reasoning", "reasoning that nothing follows is refused");
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "reasoning"u8);
        json.WriteStartArray("summary"u8);
        if (!reasoning.Text.IsEmpty && reasoning.IsSummary)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "summary_text"u8);
            reasoning.Text.WriteTo(json, "text"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        reasoning.Signature.WriteTo(json, "encrypted_content"u8);
        WriteExtras(reasoning.Extras);
        json.WriteEndObject();
    }

    /// <summary>An image the assistant made: this protocol tells it as the use of its own tool, under the id it was made with.</summary>
    private void WriteGenerated(ImageBlock image)
    {
        var id = image.Extras?.Find(extra => extra is { Protocol: Protocol.OpenAiResponses, Name: "id" }).Value ?? default;
        if (id.IsEmpty || !image.Source.IsInline)
        {
            exchange.Losses.Drop("input.image", "an assistant's image cannot be sent in this protocol");
            return;
        }

        CloseMessage();
        json.WriteStartObject();
        json.WriteString("type"u8, "image_generation_call"u8);
        id.WriteTo(json, "id"u8);
        json.WriteString("status"u8, "completed"u8);
        image.Source.Base64.WriteTo(json, "result"u8);
        json.WriteEndObject();
    }

    private void WriteRaw(JsonSlice raw, bool withoutId)
    {
        CloseMessage();
        if (!withoutId)
        {
            raw.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        ResponsesItem.CopyWithoutId(raw, json);
        json.WriteEndObject();
    }
}
