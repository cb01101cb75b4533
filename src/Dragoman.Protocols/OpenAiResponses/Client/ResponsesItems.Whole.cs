using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <content>Blocks that come whole: hosted tools, images, and items of this protocol as they stood.</content>
internal sealed partial class ResponsesItems
{
    private HostedToolCallBlock? _search;
    private string _searchId = "";

    private void WriteWhole(Block? block)
    {
        switch (block)
        {
            case HostedToolCallBlock { Origin: Protocol.OpenAiResponses, Raw.IsEmpty: false } call:
                WriteRaw(call.Raw, call.Tool == HostedTools.WebSearch);
                break;
            case HostedToolCallBlock { Tool: HostedTools.WebSearch } call:
                OpenSearch(call);
                break;
            case HostedToolResultBlock { Origin: Protocol.OpenAiResponses }:
                // Its call's item holds it already.
                break;
            case HostedToolResultBlock { Tool: HostedTools.WebSearch } result when _search is not null:
                CloseSearch(result);
                break;
            case OpaqueBlock { Origin: Protocol.OpenAiResponses } opaque:
                WriteRaw(opaque.Raw, false);
                break;
            case ImageBlock image:
                WriteImage(image);
                break;
            case null:
                break;
            case HostedToolCallBlock call:
                exchange.Losses.Drop("output", $"the use of the hosted tool {call.Tool} has no item in this protocol");
                break;
            case HostedToolResultBlock result:
                exchange.Losses.Drop("output", $"the result of the hosted tool {result.Tool} has no item in this protocol");
                break;
            case OpaqueBlock opaque:
                exchange.Losses.Drop("output", $"a {opaque.Type} block has no item in this protocol");
                break;
            default:
                exchange.Losses.Drop("output", $"{block.GetType().Name} has no item in this protocol");
                break;
        }
    }

    private void OpenSearch(HostedToolCallBlock call)
    {
        _search = call;
        _searchId = NewId("ws_");
        var json = BeginItem("web_search_call"u8, _searchId, "in_progress"u8);
        WriteSearchAction(json, call, null);
        Added(json);
        events.Bare("response.web_search_call.in_progress"u8, _searchId, _index);
        events.Bare("response.web_search_call.searching"u8, _searchId, _index);
    }

    private void CloseSearch(HostedToolResultBlock? result)
    {
        if (_search is not { } call) return;
        _search = null;
        if (result?.Error is null) events.Bare("response.web_search_call.completed"u8, _searchId, _index);
        var json = BeginItem("web_search_call"u8, _searchId, result?.Error is null ? "completed"u8 : "failed"u8);
        WriteSearchAction(json, call, result);
        Done(json);
    }

    private void WriteSearchAction(Utf8JsonWriter json, HostedToolCallBlock call, HostedToolResultBlock? result)
    {
        json.WriteStartObject("action"u8);
        json.WriteString("type"u8, "search"u8);
        json.WritePropertyName("query"u8);
        var query = QueryOf(call.Input);
        query.WriteTo(json);
        if (response.IncludesSources && result?.Sources is { } sources)
        {
            json.WriteStartArray("sources"u8);
            foreach (var source in sources)
            {
                if (source.Url is null) continue;
                json.WriteStartObject();
                json.WriteString("type"u8, "url"u8);
                json.WriteString("url"u8, source.Url);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static JsonText QueryOf(JsonSlice input)
    {
        if (!input.IsObject) return ResponsesItem.TextOf(input);
        var reader = input.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isQuery = reader.ValueTextEquals("query"u8);
            reader.Read();
            if (isQuery && reader.TokenType == JsonTokenType.String) return JsonText.From(ref reader, input.Bytes);
            reader.Skip();
        }

        return default;
    }

    private void WriteRaw(JsonSlice raw, bool search)
    {
        // A server may leave the id out, or say it twice; clients tell items apart by it.
        if (ResponsesItem.From(raw).Id is not { Length: > 0 } id || !_ids.Add(id))
        {
            id = NewId(search ? "ws_" : "item_");
            _item.Clear();
            var json = JsonWriting.Rent(_item);
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            ResponsesItem.CopyWithoutId(raw, json);
            json.WriteEndObject();
            JsonWriting.Return(json);
            raw = new(_item.WrittenMemory);
        }

        events.Item("response.output_item.added"u8, _index, raw.Bytes.Span);
        if (search)
        {
            events.Bare("response.web_search_call.in_progress"u8, id, _index);
            events.Bare("response.web_search_call.searching"u8, id, _index);
            events.Bare("response.web_search_call.completed"u8, id, _index);
        }

        Done(raw.Bytes.Span);
    }

    private void WriteImage(ImageBlock image)
    {
        if (!image.Source.IsInline)
        {
            exchange.Losses.Drop("output", "an image given by address has no item in this protocol");
            return;
        }

        var id = NewId("ig_");
        var json = BeginItem("image_generation_call"u8, id, "in_progress"u8);
        json.WriteNull("result"u8);
        Added(json);
        events.Bare("response.image_generation_call.in_progress"u8, id, _index);
        events.Bare("response.image_generation_call.generating"u8, id, _index);
        events.Bare("response.image_generation_call.completed"u8, id, _index);
        json = BeginItem("image_generation_call"u8, id, "completed"u8);
        if (image.Source.MediaType is { } type && type.StartsWith("image/", StringComparison.Ordinal)) json.WriteString("output_format"u8, type["image/".Length..]);
        image.Source.Base64.WriteTo(json, "result"u8);
        Done(json);
    }
}
