# The service alone: it takes its database from ConnectionStrings__reconciler. Build from the root of the repository:
#   docker build -f ops/docker/service.Dockerfile -t reconciler-service .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY .editorconfig .editorconfig
COPY ops/build ops/build
COPY src src
RUN dotnet restore src/Reconciler --locked-mode
RUN dotnet publish src/Reconciler --configuration Release --no-restore --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
RUN install -d -o "$APP_UID" -g "$APP_UID" -m 700 /data
ENV ASPNETCORE_URLS=http://+:8080 \
    Reconciler__DataDirectory=/data
EXPOSE 8080
VOLUME /data
USER $APP_UID
# The image has no curl; bash can ask by itself.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ code _ <&3 && [ \"$code\" = 200 ]"]
ENTRYPOINT ["dotnet", "Reconciler.dll"]
