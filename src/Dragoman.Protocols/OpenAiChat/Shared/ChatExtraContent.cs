using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>Google's way to send a thought signature through Chat: <c>extra_content.google.thought_signature</c> on a call or message.</summary>
internal static class ChatExtraContent
{
    public static JsonText Signature(JsonSlice extra)
    {
        if (!extra.IsObject) return default;
        var reader = extra.Read();
        reader.Read();
        var signature = default(JsonText);
        while (reader.NextProperty())
        {
            var google = reader.ValueTextEquals("google"u8);
            var value = ChatJson.Value(ref reader, extra.Bytes);
            if (!google || !value.IsObject) continue;
            var inner = value.Read();
            inner.Read();
            while (inner.NextProperty())
            {
                if (inner.ValueTextEquals("thought_signature"u8)) signature = ChatJson.Text(ref inner, value.Bytes);
                else
                {
                    inner.Read();
                    inner.Skip();
                }
            }
        }

        return signature;
    }
}
