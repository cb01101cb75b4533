global using Utf8JsonReader = Dragoman.Wire.Json.JsonTokens;
